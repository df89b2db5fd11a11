# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by the entry points, with $here set to the top of the repository:
# everything else is Python, so that this is the one tool to be had by hand.
# $cannot: the exit status without it.

: "${here:?}"

python_works() {
	command -v python3 >/dev/null 2>&1 &&
		python3 -P -c 'import ctypes, sys; sys.exit(sys.version_info < (3, 11))' \
			>/dev/null 2>&1
}

# Whether the arguments have --no-install, ahead of what is for others.
may_install() {
	for word in "$@"; do
		case $word in
		--no-install) return 1 ;;
		--) return 0 ;;
		esac
	done
}

install_python() {
	echo "note: Python 3.11 is missing; running apt-get install python3" \
		"(--no-install forbids it)"
	if [ "$(id -u)" = 0 ]; then
		as_root=
	else
		as_root="sudo -n"
	fi
	{ $as_root apt-get -q -y install --no-install-recommends python3 ||
		{ $as_root apt-get -q -y update &&
			$as_root apt-get -q -y install --no-install-recommends python3; }
	} >/dev/null 2>&1
}

# Replace this shell by the Python module $1 with the arguments that follow.
exec_module() {
	if ! python_works && may_install "$@" && command -v apt-get >/dev/null 2>&1; then
		install_python
	fi
	if ! python_works; then
		echo "mm-testbed: Python 3.11 or newer is missing; install the package python3" >&2
		exit "${cannot:-125}"
	fi
	PYTHONPATH=$here/tools${PYTHONPATH:+:$PYTHONPATH}
	PYTHONDONTWRITEBYTECODE=1
	export PYTHONPATH PYTHONDONTWRITEBYTECODE
	module=$1
	shift
	set -- python3 -P -m "$module" "$@"
	# Ctrl-C while Python starts is a "fatal error" to it, and exit status 1;
	# tools/mmtestbed/__init__.py lets the signal in again.
	if env --block-signal=INT true 2>/dev/null; then
		set -- env --block-signal=INT "$@"
	fi
	exec "$@"
}
