"""Examples: one for each struct that goes in or out, as the very struct, so that none can be what it may not be."""

from typing import Any, get_args, get_origin

import msgspec

from thakur.api.described.examples import github, people, projects, work

_BY_KIND = {
    type(example): example for example in (*projects.EXAMPLES, *github.EXAMPLES, *work.EXAMPLES, *people.EXAMPLES)
}


def example_of(kind: Any) -> Any:
    """An example of the struct, or of a list of it, as JSON has it."""
    if get_origin(kind) is list:
        return [example_of(get_args(kind)[0])]
    if get_origin(kind) is dict:
        return {"openapi": "3.1.0"}
    return msgspec.to_builtins(_BY_KIND[kind])
