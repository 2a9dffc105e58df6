# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the lab asks of apt.
# In:  sourced after common.sh; the machine's own apt sources, in either
#      of their two formats (apt itself reads them for us).
# Out: apt_is_debian, apt_codename, apt_has_suite, apt_add_suite, apt_refresh,
#      apt_versions, apt_download, apt_sources; apt_look_at, for suites that are
#      not this machine's, apt_other_suites and apt_find, to have all asked.
# State: at most one file per suite, /etc/apt/sources.list.d/kvm-hve-*.sources;
#      apt_opts; cache/apt/SUITE, the lists of a suite that the machine does not
#      have.
# Absent on purpose: mirror names (taken from the machine), pinning changes,
# and removal of anything the user configured.

# Options for apt that apt_look_at sets
apt_opts=()

# What this machine's release is called in its sources. Debian's sid calls itself
# by the name that the next release will have, as that one does.
apt_codename()
{
	local code

	# shellcheck source=/dev/null
	code=$(. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-}")
	if grep -q '^PRETTY_NAME=.*/sid' /etc/os-release && apt_has_suite sid &&
	   ! apt_has_suite "$code"; then
		code=sid
	fi
	printf '%s\n' "$code"
}

apt_is_debian()
{
	grep -qx 'ID=debian' /etc/os-release
}

# One line "URI SUITE COMPONENT FILE:ENTRY" per configured package index. Takes
# the better part of a second.
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

# apt_lines SUITE FROM: what the machine has of the suite FROM, which entries
# tells, as lines of a sources.list, with SUITE for its name.
apt_lines()
{
	local uri suite component from key

	echo "$entries" | while read -r uri suite component from; do
		[ "$suite" = "$2" ] || continue
		case $component in
		main | universe) ;;
		*) continue ;;
		esac
		key=$(apt_keyring "$uri" "${from%:*}")
		if [ -z "$key" ] && [ "$1" != "$2" ]; then
			key=/usr/share/keyrings/debian-archive-keyring.gpg
		fi
		echo "deb ${key:+[signed-by=$key] }$uri $1 $component"
	done
}

# apt_sources SUITE: lines of a sources.list for SUITE, what it builds upon, and
# the updates of that, from the mirrors that this machine uses for its own.
apt_sources()
{
	local code entries base=${1%-backports}

	code=$(apt_codename)
	entries=$(apt_entries)
	apt_lines "$base" "$code"
	if [ "$base" != sid ]; then
		apt_lines "$base-updates" "$code-updates"
		apt_lines "$base-security" "$code-security"
	fi
	if [ "$base" != "$1" ]; then
		apt_lines "$1" "$code"
	fi
}

# apt_look_at SUITE: from here on apt's questions and downloads are about SUITE,
# with lists of their own: the machine is never offered anything of it.
apt_look_at()
{
	# shellcheck disable=SC2154 # common.sh has it
	local dir=$lab_cache/apt/$1 lines

	# Without any, apt does not even tell its mirrors.
	apt_have_lists || apt_refresh
	lines=$(apt_sources "$1")
	[ -n "$lines" ] || die "no apt source of $(apt_codename)/main was found to" \
		"take $1 from"
	mkdir -p "$dir/lists" "$dir/cache" "$dir/none"
	if [ "$lines" != "$(cat "$dir/sources.list" 2>/dev/null)" ]; then
		printf '%s\n' "$lines" >"$dir/sources.list"
		rm -f "$dir/fetched"
	fi
	: >"$dir/status"
	{
		printf 'Dir::Etc::%s "%s";\n' sourcelist "$dir/sources.list" \
			sourceparts "$dir/none" preferences "$dir/none/preferences" \
			preferencesparts "$dir/none"
		printf 'Dir::State::lists "%s";\nDir::State::status "%s";\n' \
			"$dir/lists" "$dir/status"
		printf 'Dir::Cache "%s";\nAPT::Sandbox::User "root";\n' "$dir/cache"
		# Images of containers have switched these off.
		printf 'Dir::Cache::%s.bin;\n' 'pkgcache "pkgcache' \
			'srcpkgcache "srcpkgcache' | sed 's/;/";/'
	} >"$dir/apt.conf"
	apt_opts=(-c "$dir/apt.conf")
	if [ ! -e "$dir/fetched" ] || [ /var/lib/apt/lists -nt "$dir/fetched" ]; then
		if apt_refresh; then
			touch "$dir/fetched"
		elif [ ! -e "$dir/fetched" ]; then
			die "$1 could not be fetched from this machine's mirror"
		fi
	fi
}

# apt_refresh [FILE]: fetch the indexes, of one sources file or of all.
apt_refresh()
{
	local only=()

	if [ ${#apt_opts[@]} != 0 ]; then
		say "fetching package lists into ${apt_opts[1]%/*}"
		apt-get "${apt_opts[@]}" -qq -o APT::Update::Error-Mode=any update >&2
		return
	fi
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
	apt-cache "${apt_opts[@]}" madison "$1" 2>/dev/null |
		awk -F' *[|] *' '/Packages/ {
			split($3, at, /[ \/]/)
			for (i in at) if (at[i] ~ /^(main|universe)$/)
				suite = at[i - 1]
			print $2, suite }' | sort -u | sort -rV
}

# What Debian has for others than this machine: releases, what is backported to
# the newest of them, and what becomes the next one, in the order of asking.
apt_other_suites()
{
	local have

	have=$(apt_entries | awk '{ print $2 }')
	printf '%s\n' bookworm bookworm-backports trixie "$apt_newest_suite" sid |
		grep -vxF -e "$have" || true
}

# shellcheck disable=SC2034 # kernel.sh and source.sh ask there, too
apt_newest_suite=trixie-backports

# apt_find PACKAGE: set found to "VERSION SUITE", the newest that this machine's
# apt has, or else the first of the other suites; apt speaks of that suite
# afterwards. Empty when none has it.
apt_find()
{
	local suite

	found=$(apt_versions "$1" | head -n 1)
	if [ -z "$found" ] && ! apt_have_lists; then
		apt_refresh
		found=$(apt_versions "$1" | head -n 1)
	fi
	if [ -z "$found" ] && apt_is_debian; then
		for suite in $(apt_other_suites); do
			apt_look_at "$suite"
			found=$(apt_versions "$1" | head -n 1)
			[ -z "$found" ] || return 0
		done
	fi
}

# apt_download DIR PACKAGE...: fetch the package files into a folder that has none;
# the lists are fetched anew when the mirror has moved on.
apt_download()
{
	local dir=$1 opts=("${apt_opts[@]}" -qq)
	shift

	# The unprivileged apt user may not write in a private cache folder.
	if [ "$(id -u)" = 0 ]; then
		opts+=(-o APT::Sandbox::User=root)
	fi
	say "downloading $*"
	(
		cd "$dir" || exit
		apt-get "${opts[@]}" download "$@" >&2 || {
			apt_refresh
			rm -f ./*.deb
			apt-get "${opts[@]}" download "$@" >&2
		}
	)
}
