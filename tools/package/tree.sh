# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# This tree without what was built in it.
# In:  sourced; tree_copy TOP DESTINATION [PATH...]: all of it, or those paths.
# Out: what git knows of them, as it is in the working tree; where there is no
#      git, everything but build/. Status not 0 when the copy is not whole.
# State: none. Absent on purpose: making DESTINATION.

tree_copy()
{
	local top=$1 to=$2
	shift 2

	# Root may well install from somebody else's clone.
	if git -c safe.directory="$top" -C "$top" rev-parse -q --git-dir >/dev/null 2>&1; then
		git -c safe.directory="$top" -C "$top" ls-files -z -- "$@"
	else
		(cd "$top" && find "${@:-.}" -path ./build -prune -o -type f -print0)
	fi | tar -C "$top" -c --null --no-unquote --no-recursion \
		--ignore-failed-read -T - | tar -C "$to" -x
}
