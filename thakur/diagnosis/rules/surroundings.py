"""Rules about what surrounds a program: variables, other services, ports, disk, memory, files."""

import re

from thakur.diagnosis.interface import Command
from thakur.diagnosis.rules.rule import STARTING, Rule, Sentences, is_harmless, rule, said

_VARIABLE = r"(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z][A-Z0-9]{3,})"
_USUAL_PORTS = {
    "5432": "PostgreSQL's", "3306": "MySQL's", "6379": "Redis's", "27017": "MongoDB's", "9200": "Elasticsearch's",
    "5672": "RabbitMQ's", "9092": "Kafka's", "11211": "Memcached's", "1433": "SQL Server's",
}  # fmt: skip
_ZOD_PATH = re.compile(
    r"[\"']?path[\"']?: \[\s*[\"'](?P<name>[A-Z][A-Z0-9_]+)[\"']\s*\],\s*[\"']?message[\"']?: [\"'](?P<text>[^\"'\n]*)"
)
_ZOD = r"^(?:\w*ZodError: |.*[Ii]nvalid environment variables:? )\[\s[\s\S]*?^\](?:[\s\S]*?^error: Invalid environment variables)?"
_ABSENT = re.compile(r"^Required$|received undefined|received nan", re.IGNORECASE)
_LISTED = re.compile(
    r"^\s+(?P<name>[A-Z][A-Z0-9_]+): (?:undefined|\[? ?\"(?:Required|[^\"\n]*received undefined))", re.MULTILINE
)


def unset(names: list[str], command: Command) -> Sentences:
    """Variables that the application asks for."""
    each = list(dict.fromkeys(names))
    told = each[0] if len(each) == 1 else f"{', '.join(each[:-1])} and {each[-1]}"
    are = "env var {} is" if len(each) == 1 else "env vars {} are"
    return (
        f"The {are.format(told)} not set, and the application asks for {'it' if len(each) == 1 else 'them'}.",
        f"Set {'it' if len(each) == 1 else 'each'} with: thakur env set {each[0]} --project {command.project} - then deploy again.",
    )


def _named(found: re.Match[str], command: Command) -> Sentences | None:
    return None if is_harmless(found) else unset([found["name"]], command)


def _absent(found: re.Match[str], command: Command) -> Sentences | None:
    names = [name for name, text in _issues(found) if _ABSENT.search(text)]
    return unset(names, command) if names else None


def _unfitting(found: re.Match[str], command: Command) -> Sentences | None:
    issues = _issues(found)
    if not issues or any(_ABSENT.search(text) for _, text in issues):
        return None
    return _unfit(*issues[0], command)


def _issues(found: re.Match[str]) -> list[tuple[str, str]]:
    return [(issue["name"], issue["text"]) for issue in _ZOD_PATH.finditer(found[0])]


def _unfit(name: str, text: str, command: Command) -> Sentences:
    return (
        f"The env var {name} has a value that the application refuses: {text}.",
        f"Set it anew with: thakur env set {name} --project {command.project}",
    )


def _listed(found: re.Match[str], command: Command) -> Sentences | None:
    names = [each["name"] for each in _LISTED.finditer(found[0])]
    return unset(names, command) if names else None


def _refused(found: re.Match[str], _command: Command) -> Sentences:
    usual = _USUAL_PORTS.get(found["port"])
    known = f" ({usual} usual port)" if usual else ""
    here = " That address is this server itself." if found["host"] in ("127.0.0.1", "::1", "localhost") else ""
    return (
        f"Nothing answers at {found['host']}:{found['port']}{known}, to which the program wants to connect.{here}",
        "Start that service, or set the env var that holds its address to where it runs, and deploy again.",
    )


SURROUNDINGS: tuple[Rule, ...] = (
    rule(
        "env_var_missing",
        rf"(?:[Mm]issing|[Uu]ndefined|[Nn]o|[Uu]nset|[Rr]equired)(?: (?:the|a|required|mandatory|necessary|following))*"
        rf" (?:env(?:ironment)?(?: |-)?)(?:var(?:iable)?s?)?(?: \w+)?:?\s+[\"'`]?{_VARIABLE}\b",
        _named,
    ),
    rule(
        "env_var_missing",
        rf"(?<!ReferenceError: )(?<!\w)(?:process\.env\.)?{_VARIABLE}[\"'`]? (?:environment variable |env var |env |variable )?"
        r"(?:is|was|must be|has to be|needs to be|should be)(?: a)? ?"
        r"(?:not (?:set|defined|provided|configured|present)|missing|required|undefined|unset|set\b(?! to)|defined|provided)\b",
        _named,
        is_weak=True,
    ),
    rule(
        "env_var_missing",
        rf"(?:[Mm]issing|[Nn]o) (?:required )?(?:env(?:ironment)? ?)?(?:config(?:uration)? )?{_VARIABLE}(?: (?:env|environment|variable)|$)",
        _named,
        is_weak=True,
    ),
    rule(
        "env_var_missing",
        r"process\.env(?:\.(?P<name>[A-Za-z_]\w*)|\[['\"](?P<name2>\w+)['\"]\])[^\n]*\n\s*\^\nTypeError: Invalid URL\n\s*input: \"undefined\"",
        lambda found, command: unset([found["name"] or found["name2"]], command),
    ),
    rule("env_var_missing", _ZOD, _absent),
    rule("env_var_invalid", _ZOD, _unfitting),
    rule("env_var_missing", r"(?:[Ii]nvalid|[Mm]issing) environment variables:?[ {{\n][\s\S]*?(?:^[}}=]|\Z)".replace("{{", "{").replace("}}", "}"), _listed),
    rule(
        "env_var_missing",
        r"The `uri` parameter to `openUri\(\)` must be a string, got \"undefined\"",
        said(
            "The address of MongoDB is undefined: the env var that should hold it is not set.",
            "Set that variable with: thakur env set --project {project} - then deploy again.",
        ),
    ),
    rule(
        "env_var_missing",
        rf"error: Environment variable not found: {_VARIABLE}",
        _named,
    ),
    rule(
        "service_unreachable",
        r"ECONNREFUSED (?P<host>[\w.:-]+?):(?P<port>\d{2,5})\b[\s\S]*?Reached the max retries per request limit",
        _refused,
    ),
    rule(
        "service_unreachable",
        r"(?:connect )?ECONNREFUSED (?P<host>[\w.:-]+?):(?P<port>\d{2,5})\b",
        _refused,
        is_weak=True,
    ),
    rule(
        "service_unreachable",
        r"Unable to connect\. Is the computer able to access the url\?[\s\S]{0,300}?path: [\"'](?P<url>[^\"'\n]+)",
        said(
            "Nothing answers at {url}, which the program asks.",
            "Start that service, or set the env var that holds its address to where it runs, and deploy again.",
        ),
        is_weak=True,
    ),
    rule(
        "service_unreachable",
        r"ERR_(?P<database>POSTGRES|MYSQL|REDIS)_CONNECTION_(?:REFUSED|TIMEOUT|CLOSED)"
        r"|Can't reach database server at [`'\"](?P<address>[^`'\"\n]+)",
        lambda found, _: (
            f"The program's database does not answer{' at ' + found['address'] if found['address'] else ''}.",
            "Start it, or set the env var that holds its address to where it runs, and deploy again.",
        ),
        is_weak=True,
    ),
    rule(
        "login_refused",
        r"password authentication failed for user [\"'](?P<user>[^\"'\n]+)|Access denied for user '(?P<user2>[^'\n]+)'|\bWRONGPASS\b",
        lambda found, _: (
            f"The database refuses the password{' of ' + (found['user'] or found['user2']) if found['user'] or found['user2'] else ''}.",
            "Correct the env var that holds it, and deploy again.",
        ),
        is_weak=True,
    ),
    rule(
        "table_missing",
        r"relation \"(?P<table>[^\"\n]+)\" does not exist|no such table: (?P<table2>\S+)",
        lambda found, _: (
            f"The database has no table {found['table'] or found['table2']}.",
            "Run the project's migrations on it, for example in the start script before the server; then deploy again.",
        ),
        is_weak=True,
    ),
    rule(
        "host_unknown",
        r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN)(?: (?P<host>[\w.-]+))?",
        lambda found, _: (
            f"There is no host by the name {found['host'] or 'that the program asks for'}, to which it wants to connect.",
            "Set the env var that holds that address: a name from a compose file means nothing here.",
        ),
        is_weak=True,
    ),
    rule(
        "port_in_use",
        r"EADDRINUSE\b[^\n]*?:(?P<port>\d{2,5})\b|Is port (?P<port2>\d{2,5}) in use\?|[Pp]ort (?P<port3>\d{2,5}) is (?:already )?in use|[Aa]ddress already in use",
        lambda found, _: (
            f"{_port(found)} is in use by another application on this server, or by the deployment that is live.",
            "Let the application listen on the port in the variable PORT, then deploy again.",
        ),
        STARTING,
    ),
    rule(
        "port_refused",
        r"(?:listen EACCES: )?permission denied (?:[\w.:*\[\]]*:)?(?P<port>\d{1,4})$",
        said(
            "Port {port} is only for root, and the application is not.",
            "Let the application listen on the port in the variable PORT, then deploy again.",
        ),
        STARTING,
    ),
    rule(
        "disk_full",
        r"\bENOSPC\b|\bEDQUOT\b|No space left on device|[Dd]isk quota exceeded",
        said(
            "There was no space left on the disk to which the command writes.",
            "Free space on the server, or let the command write less, and deploy again.",
        ),
    ),
    rule(
        "processes_refused",
        r"EAGAIN[^\n]*\b(?:posix_spawn|spawn|fork)\b|\b(?:spawn|posix_spawn|fork|pthread_create)\b[^\n]*(?:\bEAGAIN\b|Resource temporarily unavailable)"
        r"|\bCannot fork\b|Assertion failed: [^\n]*uv_thread_create|[Ff]ailed to (?:create|spawn) (?:a )?(?:new )?(?:OS )?thread\b",
        said(
            "The system refused it another process or thread: it has as many as it may have, or the host has.",
            "Let it start fewer at a time, such as parallel workers, and look for a command that starts itself again and again.",
        ),
    ),
    rule(
        "heap_exhausted",
        r"JavaScript heap out of memory|Reached heap limit|RangeError: Out of memory",
        said(
            "The JavaScript heap reached the limit that its runtime sets.",
            "Let it use less, or raise the limit: thakur env set NODE_OPTIONS --project {project} - with --max-old-space-size=1024.",
        ),
    ),
    rule(
        "file_not_found",
        r"ENOENT: no such file or directory, (?:open|stat|lstat|scandir|access) '(?P<file>[^'\n]+)'",
        lambda found, _: (
            f"The program asks for the file {found['file'].removeprefix('/app/')}, which is not there.",
            "Deploy it with the rest: what .gitignore names, or git does not know, is left out. Secrets belong in env vars.",
        ),
        is_weak=True,
    ),
)  # fmt: skip


def _port(found: re.Match[str]) -> str:
    number = found["port"] or found["port2"] or found["port3"]
    return f"Port {number}" if number else "Its port"
