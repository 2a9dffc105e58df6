# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the lab asks of apt.
# In:  sourced after common.sh; the machine's own apt sources, in either
#      of their two formats (apt itself reads them for us).
# Out: apt_codename, apt_has_suite, apt_add_suite, apt_refresh, apt_versions.
# State: at most one file per suite, /etc/apt/sources.list.d/kvm-hve-*.sources.
# Absent on purpose: mirror names (taken from the machine), pinning changes,
# and removal of anything the user configured.

apt_codename()
{
	# shellcheck source=/dev/null
	(. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-}")
}

# One line "URI SUITE COMPONENT FILE:ENTRY" per configured package index.
apt_entries()
{
	# shellcheck disable=SC2016
	apt-get indextargets \
		--format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(SOURCESENTRY)' \
		'Created-By: Packages' 2>/dev/null
}

apt_has_suite()
{
	apt_entries | awk -v suite="$1" '$2 == suite { found = 1 }
		END { exit !found }'
}

# The keyring named next to URI in FILE: the deb822 field or the one-line
# option. A key pasted into the field itself (not a path) prints nothing.
apt_keyring()
{
	local uri=${1%/} file=$2

	[ -r "$file" ] || return 0
	awk -v uri="$uri" '
	function flush() {
		if (hit && key ~ /^\//) { print key; done = 1; exit }
		hit = 0; key = ""
	}
	/^[ \t]*#/ { next }
	/^[ \t]*$/ { flush(); next }
	index($0, uri) { hit = 1 }
	/^[ \t]*deb[ \t]/ {
		if (match($0, /signed-by=[^] \t]+/))
			key = substr($0, RSTART + 10, RLENGTH - 10)
		flush(); next
	}
	tolower($1) == "signed-by:" { key = $2 }
	END { if (!done) flush() }' "$file"
}

# apt_add_suite SUITE: configured afterwards, indexes fetched; nothing to do
# when it already was.
apt_add_suite()
{
	local suite=$1 file=/etc/apt/sources.list.d/kvm-hve-$1.sources
	local code uri='' from='' key

	if apt_has_suite "$suite"; then
		return 0
	fi
	code=$(apt_codename)
	read -r uri _ _ from < <(apt_entries |
		awk -v code="$code" '$2 == code && $3 == "main"') || true
	if [ -z "$uri" ]; then
		die "no apt source of $code/main was found to take $suite from"
	fi
	key=$(apt_keyring "$uri" "${from%:*}")
	if [ -z "$key" ] && [ -r /usr/share/keyrings/debian-archive-keyring.gpg ]; then
		key=/usr/share/keyrings/debian-archive-keyring.gpg
	fi
	say "adding $suite to apt ($file), from the machine's own mirror"
	{
		printf 'Types: deb\nURIs: %s\nSuites: %s\n' "$uri" "$suite"
		printf 'Components: main\n'
		[ -z "$key" ] || printf 'Signed-By: %s\n' "$key"
	} | as_root tee "$file" >/dev/null
	if ! apt_refresh "$file"; then
		as_root rm -f "$file"
		die "$suite could not be fetched from this machine's mirror"
	fi
}

# apt_refresh [FILE]: fetch the indexes, of one sources file or of all.
apt_refresh()
{
	local only=()

	if [ $# -gt 0 ] && apt_have_lists; then
		only=(-o "Dir::Etc::sourcelist=$1" -o Dir::Etc::sourceparts=-
		      -o APT::Get::List-Cleanup=0)
	fi
	say "fetching apt's package lists"
	as_root apt-get -qq "${only[@]}" -o APT::Update::Error-Mode=any \
		update >&2
}

apt_have_lists()
{
	compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null
}

# "VERSION SUITE" per line, newest first, for one package.
apt_versions()
{
	apt-cache madison "$1" 2>/dev/null |
		awk -F' *[|] *' '/Packages/ {
			split($3, at, /[ \/]/)
			for (i in at) if (at[i] ~ /^(main|universe)$/)
				suite = at[i - 1]
			print $2, suite }' | sort -u | sort -rV
}
