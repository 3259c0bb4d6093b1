"""Every module's rows in one place, for migrations only: nothing below the wiring imports this."""

from thakur.accounts import models as accounts
from thakur.builds import models as builds
from thakur.identities import models as identities
from thakur.installations import models as installations
from thakur.logs import models as logs
from thakur.projects import models as projects
from thakur.runtime import models as runtime
from thakur.webhooks import models as webhooks

__all__ = ["accounts", "builds", "identities", "installations", "logs", "projects", "runtime", "webhooks"]
