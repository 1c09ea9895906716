# Shared by tools/run, tools/test and tools/bench: the virtual environment and Debian's packages. Sourced, not run.
# shellcheck shell=bash

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# find_python: print the path of a Python 3.11 or newer.
find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    die "needs Python 3.11 or newer (Debian 12 has it: apt-get install python3 python3-venv)"
}

# setup_venv DIR EXTRA...: make the virtual environment once, and anew when setup.cfg changed; add extras when asked.
setup_venv() {
    local dir=$1 stamp base extra python
    shift
    stamp="$dir/.installed-for"
    base="$(cksum < setup.cfg) $PWD"
    if [ "$(head -n 1 "$stamp" 2>/dev/null)" != "$base" ]; then
        python=$(find_python)
        say "setting up $dir with $("$python" --version)"
        if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
            may_install || die "$python has no venv module (apt-get install python3-venv)"
            install_packages python3-venv
        fi
        "$python" -m venv --clear "$dir"
        install_ours "$dir" "."
        printf '%s\n' "$base" > "$stamp"
    fi
    for extra in "$@"; do
        grep -qx "$extra" "$stamp" && continue
        say "adding what '$extra' needs to $dir"
        install_ours "$dir" ".[$extra]"
        printf '%s\n' "$extra" >> "$stamp"
    done
}

install_ours() {
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check -e "$2"
}

# may_install: whether Debian packages can and may be installed.
may_install() {
    [ "${NO_INSTALL:-0}" = 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# missing_packages NAME...: print those that are not installed.
missing_packages() {
    local name
    for name in "$@"; do
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$name"
    done
}

# install_packages NAME...: install what is missing, without starting any service.
install_packages() {
    local missing
    read -r -a missing <<< "$(missing_packages "$@")"
    if [ "${#missing[@]}" = 0 ]; then
        # what is downloaded and not installed (the guest's kernel) needs apt's lists too
        compgen -G '/var/lib/apt/lists/*Packages*' > /dev/null || apt-get update > /dev/null 2>&1 || true
        return 0
    fi
    say "installing Debian packages: ${missing[*]}"
    local log
    log=$(mktemp)
    if ! { apt-get update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"; } > "$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# java_package: print the package that brings javac, nothing when there is one.
java_package() {
    command -v javac >/dev/null || printf 'default-jdk-headless'
}
