# Read by npm, yarn and pnpm, which stand beside it: bun, and the packages of a workspace by their names.

shims=${0%/*}
bun=$shims/bun

refuse() {
    echo "$1 cannot be said in bun's words, and bun installs and runs things here." >&2
    echo "Write what it should do as a command that bun knows, or as the program itself." >&2
    exit 64
}

nothing_to_do() {
    echo "$1: nothing to do, bun sees to it." >&2
    exit 0
}

# The name and version of the package manager that the project names, if it is the one asked for.
version_of() {
    case ${THAKUR_PACKAGE_MANAGER-} in
    "$1"@*) version=${THAKUR_PACKAGE_MANAGER#*@} && echo "${version%%+*}" ;;
    *) echo "$2" ;;
    esac
    exit 0
}

workspace_root() {
    directory=$PWD
    while [ "$directory" ]; do
        if [ -e "$directory/pnpm-workspace.yaml" ] || grep -qs '"workspaces"' "$directory/package.json"; then
            echo "$directory"
            return
        fi
        directory=${directory%/*}
    done
    echo "$PWD"
}

# Go to a package that is named by its path or by its name.
enter_package() {
    if [ -e "$1/package.json" ]; then
        cd "$1" && return
    fi
    root=$(workspace_root)
    if [ -e "$root/$1/package.json" ]; then
        cd "$root/$1" && return
    fi
    manifest=$(find "$root" -mindepth 2 -maxdepth 5 \( -name node_modules -o -name '.?*' \) -prune -o \
        -name package.json -exec grep -lE "(^|[{,])[[:space:]]*\"name\"[[:space:]]*:[[:space:]]*\"$1\"" {} + | head -n 1)
    if [ -z "$manifest" ]; then
        echo "No package of this workspace is named $1." >&2
        exit 1
    fi
    cd "${manifest%/*}"
}

# Scripts of every package, each after those that it depends on; the root's own is not among them.
run_everywhere() {
    exec "$bun" run $if_present --filter '*' "$@"
}

with_local_programs() {
    root=$(workspace_root)
    PATH=$PWD/node_modules/.bin:$root/node_modules/.bin:$PATH exec "$@"
}
