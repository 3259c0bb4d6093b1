"""The sentences themselves: what happened, why, what to do next."""

_HOSTS = "The operator of this server says in THAKUR_GIT_HOSTS which hosts git may reach."
_SMALLER = "Keep generated and large files out of the repository, or deploy a folder that has what is needed."

STOPS: dict[str, tuple[str, str, str]] = {
    "url_malformed": (
        "{url} is no git URL.",
        "It must be one word with a scheme, a host and a path, without a query.",
        "Write it as in https://github.com/OWNER/NAME.",
    ),
    "url_scp": (
        "{url} is an address for SSH.",
        "Repositories are read over https.",
        "Write {instead}, and give a token with --git-token-file if it is private.",
    ),
    "url_scheme": (
        "The scheme {scheme} is not accepted in git URLs.",
        "The setting THAKUR_GIT_SCHEMES lists what is: {schemes}.",
        "Use an https URL, or let the operator add the scheme to THAKUR_GIT_SCHEMES.",
    ),
    "url_credentials": (
        "{url} was given with a user or a password in it.",
        "A URL is shown in lists and logs, so no secret may be part of one.",
        "Give the URL without it, and the token with --git-token-file.",
    ),
    "ref_malformed": (
        "{ref} cannot be a branch, a tag or a commit.",
        "Git allows no spaces, control characters, '..', '~', '^', ':', '?', '*', '[' or '\\', and no '-' in front.",
        "Name a branch such as main, a tag, or a commit's id.",
    ),
    "host_refused": ("{host} may not be reached by git.", _HOSTS + " It lists: {hosts}.", "Add {host} there."),
    "address_refused": (
        "{host} may not be reached by git: it leads to {address}, which is no public address.",
        _HOSTS + " Private and loopback addresses are refused unless their host is named.",
        "If that host is meant, name it there: THAKUR_GIT_HOSTS=public,{host}.",
    ),
    "redirect_refused": (
        "The repository's server redirects to {host}.",
        "A token is given to the host of the repository's URL and to no other.",
        "Use the repository's new URL.",
    ),
    "redirects": (
        "The repository's server redirects in a way that is not followed.",
        "{reason}.",
        "Use the address to which it redirects, with https.",
    ),
    "host_unknown": (
        "The host {host} was not found.",
        "Its name has no address in this server's DNS.",
        "Check the URL's spelling, and the DNS of the server.",
    ),
    "unreachable": (
        "{host} could not be reached on port {port}.",
        "The connection failed: {reason}.",
        "Try again later; if other hosts fail too, check the network and the firewall of the server.",
    ),
    "proxy_unreachable": (
        "The proxy to {host} could not be used.",
        "HTTPS_PROXY of this server names it, and it failed: {reason}.",
        "Let the operator check the proxy, or name {host} in NO_PROXY.",
    ),
    "tls": (
        "The certificate of {host} is not trusted.",
        "TLS failed: {reason}.",
        "If {host} has a certificate of its own authority, name that authority's file in SSL_CERT_FILE and restart.",
    ),
    "tls_broken": (
        "{host} could not be reached over TLS.",
        "The connection failed: {reason}.",
        "Check that the URL's host and port speak https.",
    ),
    "server_error": (
        "{host} could not answer.",
        "It answered with the status {status}.",
        "Deploy again later; if it stays so, look at the state of that server.",
    ),
    "no_repository": (
        "There is no git repository at {url}.",
        "Something else answers there, perhaps a web page.",
        "Use the URL that git clone takes.",
    ),
    "credentials_needed": (
        "The repository is private, or there is none at this URL.",
        "Its server asks for a login, and none is stored.",
        "Check the URL, and give a token that may read it with --git-token-file.",
    ),
    "credentials_refused": (
        "The repository's server refuses the token.",
        "The token is wrong, has expired, or may not read this repository.",
        "Make a new token that may read the repository's contents, and give it with --git-token-file.",
    ),
    "repository_missing": (
        "There is no repository at this URL.",
        "Its server answers 404; many do so as well when a token may not see a private repository.",
        "Check the URL's spelling and the token's rights.",
    ),
    "repository_empty": (
        "The repository is empty.",
        "Its server names no branch and no tag.",
        "Push a commit first.",
    ),
    "head_missing": (
        "The repository has no default branch.",
        "Its HEAD leads to a branch that does not exist.",
        "Name a branch with --ref.",
    ),
    "ref_missing": (
        "There is no branch, tag or commit {ref}.",
        "It may have been deleted or renamed since.",
        "Name one that exists with --ref.",
    ),
    "commit_missing": (
        "The commit {commit} is not in the repository.",
        "No branch or tag leads to it, or its beginning fits several.",
        "Push it, or name the branch that holds it.",
    ),
    "too_many_bytes": ("The repository is too large.", "More than {limit} had to be received.", _SMALLER),
    "too_many_unpacked": (
        "The repository is too large.",
        "Its files are more than {limit} together.",
        _SMALLER,
    ),
    "too_many_entries": (
        "The repository has too many files.",
        "More than {limit} files and directories are not unpacked.",
        _SMALLER,
    ),
    "file_too_large": ("{path} is too large.", "A single file may have at most {limit}.", _SMALLER),
    "too_deep": (
        "{path} is too deep.",
        "Directories may lie in each other {limit} times.",
        "Move it up, commit and deploy again.",
    ),
    "out_of_memory": (
        "The repository could not be unpacked in the memory that a build has.",
        "One of its files, or their differences, need more.",
        _SMALLER,
    ),
    "no_progress": (
        "The repository's server stopped answering.",
        "Nothing came for {seconds} s.",
        "Deploy again; if it happens twice, look at the state of that server.",
    ),
    "too_slow": (
        "The repository did not arrive in time.",
        "Fetching may take {seconds} s.",
        "Deploy again; a repository with much history at a slow server may need a shallow copy elsewhere.",
    ),
    "objects_missing": (
        "The commit is incomplete.",
        "Its server sent a commit without all of its files: {reason}.",
        "Check the repository with git fsck.",
    ),
    "lfs_content": (
        "The Git LFS object {object} is not what the repository says.",
        "Its size or its SHA-256 differ.",
        "Push it again with git lfs push --all.",
    ),
    "lfs": (
        "The server of the Git LFS files does not give them.",
        "{reason}.",
        "Check that the token may read them.",
    ),
    "too_many_submodules": (
        "There are too many submodules.",
        "{limit} are fetched, {depth} deep at most.",
        "Put what is needed into the repository.",
    ),
    "submodule_unknown": (
        ".gitmodules does not say where it comes from.",
        "It has no usable URL for this path.",
        "Add it to .gitmodules.",
    ),
    "protocol": (
        "The repository could not be read.",
        "Its server's answer was not understood: {reason}.",
        "Check that the URL is a git repository's, as git clone takes it.",
    ),
}
ADDRESS = "{host} may not be reached by git: it is no public address."
UNKNOWN = (
    "The repository could not be fetched.",
    "The program that fetches it ended without a reason.",
    "Deploy again; if it happens twice, look at the server's log.",
)

NOTES = {
    "name_refused": "Left out {path}: git forbids that name in a working tree.",
    "submodule": "Left empty: the submodule {path}. {why}",
    "lfs": "Left as Git LFS pointers: {paths} ({count} in all): {reason}.",
}
