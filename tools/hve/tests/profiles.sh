# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tests of profiles, a part of cli.sh.
# In:  the functions and variables of cli.sh; profiles/. Out: TAP.
# State: cli.sh's folder. Absent on purpose: how an item is read (unit tests).

# refused_text NAME REGEX TEXT: TEXT, as printf has it, is in the profile
refused_text() {
	# shellcheck disable=SC2059 # a format it is
	printf "$3" > "$root/bad.profile"
	expect "run: $1" 1 "bad.profile.*$2" run --profile "$root/bad.profile" -- true
}

test_bad_profiles() {
	expect "run: nor a profile" 2 'with --native' \
		run --profile linux --native -- true
	expect "run: unknown profile" 1 'there are: .*linux.*: name one' \
		run --profile no -- true
	expect "run: a folder for a profile" 1 'no file: name one of' \
		run --profile "$root/dev/" -- true
	expect "run: no name for a profile" 1 '"" cannot be read' \
		run --profile= -- true
	refused_text "a bad profile with its line" 'line 4: unknown' \
		'# x\n\n relaxed\t# y\nbogus\n'
	refused_text "a profile with commas" 'line 1: there is a comma: write one a' \
		'time,vapic\n'
	refused_text "a profile with a zero byte" 'zero byte' 'time\n\0vapic\n'
	refused_text "a profile with a byte order mark" 'line 1: the byte 0xef' \
		'\357\273\277time\n'
	refused_text "a profile of comments" 'names nothing' '# time\n\n'
	refused_text "an empty profile" 'names nothing' ''
}

test_profiles() {
	local missing name

	test_bad_profiles
	missing=$(./hve list --names | grep -vx syndbg |
		while read -r name; do
			grep -q "^$name\b" profiles/all.profile || echo "$name"
		done)
	out=$missing
	[ -z "$missing" ]
	report $? "list: profile \"all\" has every name but syndbg"
	for name in profiles/*.profile; do
		expect "list: profile $name" 0 "^$(basename "$name" .profile) " \
			list --profiles
		expect "run: profile $name" 0 'serving vpindex' \
			run --profile "$name" -- true
	done
	printf '# \303\274ber\ntime' > "$root/good.profile"
	expect "run: a comment may be of any letters" 0 'serving vpindex, time ' \
		run --profile "$root/good.profile" -- true
}
