"""Rules about installing: the registry, versions, lockfiles, scripts of packages, packages from git."""

import re

from thakur.diagnosis.interface import Command
from thakur.diagnosis.rules.rule import BUILDING, Rule, Sentences, rule, said

_REGISTRY = "the registry that .npmrc or bunfig.toml names, or npm's"


def _not_found(found: re.Match[str], command: Command) -> Sentences | None:
    # A script may do without the one, `husky || true`, and fail later for another reason.
    if not _ended_with(127, command):
        return None
    return (
        f"The command {found['command'] or found['command2']} is neither installed by package.json nor part of the system.",
        "Add the package that brings it, as a dependency and not only on your machine, and commit the lockfile.",
    )


def _not_executable(found: re.Match[str], command: Command) -> Sentences | None:
    if not _ended_with(126, command):
        return None
    return (
        f"The file {found['command']} is not executable.",
        f"Make it so and commit that: git update-index --chmod=+x {found['command']} - or call it by its interpreter.",
    )


def _ended_with(status: int, command: Command) -> bool:
    return command.status == status or f"exited with code {status}" in command.output


INSTALLS: tuple[Rule, ...] = (
    rule(
        "registry_refused",
        r"GET (?P<url>\S+/(?P<package>[^\s/]+(?:%2[fF][^\s/]+)?)) - (?P<status>401|403)",
        said(
            "The registry answered {status} for {package}: it wants a token, or a right that the token has not.",
            "Name the token in .npmrc as ${{NPM_TOKEN}}, set it with: thakur env set NPM_TOKEN --project {project} - and deploy again.",
        ),
        BUILDING,
    ),
    rule(
        "package_unknown",
        r"GET (?P<url>\S+/(?P<package>[^\s/]+(?:%2[fF][^\s/]+)?)) - 404",
        said(
            "The registry knows no package {package}.",
            "Correct its name in package.json; for a private one, name its registry and a token in .npmrc.",
        ),
        BUILDING,
    ),
    rule(
        "version_unknown",
        r"No version matching \"(?P<version>[^\"\n]+)\" found for specifier \"(?P<package>[^\"\n]+)\"",
        said(
            "The registry has {package}, and no version {version} of it.",
            "Ask for a version that there is: bun add {package} - and commit package.json and the lockfile.",
        ),
        BUILDING,
    ),
    rule(
        "version_unknown",
        r"error: Package \"(?P<package>[^\"\n]+)\" with tag \"(?P<tag>[^\"\n]+)\" not found",
        said(
            "The registry has {package}, and no version of it is tagged {tag}.",
            "Ask for a version that there is: bun add {package} - and commit package.json and the lockfile.",
        ),
        BUILDING,
    ),
    rule(
        "registry_unreachable",
        r"error: (?:GET \S+ - 5\d\d|(?P<error>\w*(?:Refused|Resolve\w*|Closed|Timeout|TimedOut|Unreachable|Reset|Failed\w*|CERT\w*|SIGNED\w*)\w*) "
        r"downloading (?:package manifest|tarball) (?P<package>\S+))",
        said(
            f"The registry could not be reached ({_REGISTRY}).",
            "Deploy again in a moment. If it stays so, check that registry's name, and that this server may reach it.",
        ),
        BUILDING,
    ),
    rule(
        "git_dependency_failed",
        r"error: \"git (?:clone|fetch|checkout)\" for \"(?P<package>[^\"\n]+)\" failed",
        said(
            "package.json takes {package} from a git repository, which could not be fetched from here.",
            "Check its URL, and that it can be read without a key; or publish the package to a registry.",
        ),
        BUILDING,
    ),
    rule(
        "workspace_missing",
        r"Workspace dependency \"(?P<package>[^\"\n]+)\" not found",
        said(
            "package.json asks for {package} as a part of this repository, and no workspace has that name.",
            "Deploy the whole repository with its root directory set, or correct the name.",
        ),
        BUILDING,
    ),
    rule(
        "lockfile_drift",
        r"lockfile had changes, but lockfile is frozen",
        said(
            "The lockfile does not fit package.json.",
            "Run bun install, commit the lockfile that it writes, and deploy again.",
        ),
        BUILDING,
    ),
    rule(
        "native_module_unbuilt",
        r"(?:gyp ERR!|node-pre-gyp ERR!|prebuild-install (?:warn|ERR!))[\s\S]*?"
        r"error: (?:install|postinstall|preinstall) script from \"(?P<package>[^\"\n]+)\" exited",
        said(
            "The package {package} has native code without a prebuilt file for this system, and it could not be compiled here.",
            "Take a version of {package} with prebuilt files for Linux, or install python3, make and g++ on the server.",
        ),
        BUILDING,
    ),
    rule(
        "download_unreachable",
        r"(?:getaddrinfo|connect) (?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH) (?P<host>[\w.:-]+)[\s\S]{0,2000}?"
        r"error: (?:install|postinstall|preinstall) script from \"(?P<package>[^\"\n]+)\" exited",
        said(
            "The install script of {package} fetches a file from {host}, which cannot be reached from here.",
            "Let this server reach {host}, or take a version of {package} that brings its files as packages, then deploy again.",
        ),
        BUILDING,
    ),
    rule(
        "install_script_failed",
        r"error: (?P<script>install|postinstall|preinstall|prepare) script from \"(?P<package>[^\"\n]+)\" exited with (?P<status>\d+)",
        said(
            "The {script} script of {package} ended with exit code {status}.",
            "Look at that script's own lines in the log; it runs without a terminal, as a user without rights.",
        ),
        BUILDING,
    ),
    rule(
        "script_missing",
        r"error: Script not found \"(?P<script>[^\"\n]+)\"",
        said(
            "package.json has no script {script}.",
            "Add it to the scripts in package.json, or correct the command that calls it.",
        ),
    ),
    rule(
        "command_not_found",
        r"(?:^|: )(?P<command>[\w@./-]+): (?:command )?not found$|^bun: command not found: (?P<command2>\S+)",
        _not_found,
    ),
    rule(
        "command_not_executable",
        r"(?:^|: )(?P<command>[^\s:]+): Permission denied$",
        _not_executable,
    ),
    rule(
        "package_json_invalid",
        r"failed to parse '(?:/app/)?(?P<file>[^'\n]*package\.json)'",
        said("{file} is no JSON.", "Correct it and deploy again."),
        BUILDING,
    ),
)
