"""Marks: what a handler says of itself in its `opt`, beyond what its signature can."""

# Answers with a secret that is shown once, so the answer is not kept for a repetition.
IS_SECRET = "is_secret"  # noqa: S105  (a mark)
# The struct that a body of JSON becomes, where the handler reads the body itself; the media types of uploads beside it.
TAKES, UPLOADS = "takes", "uploads"
# Statuses of success beside the usual one.
ALSO_ANSWERS = "also_answers"
# Of the request's state: whose request it is, for what must go with the project.
PROJECT_ID = "project_id"
