# SPDX-License-Identifier: GPL-2.0
#
# The rules of style that a machine can see, file by file.
# In:  names of text files, relative to the top of the tree. Out: a line
#      "file:line: message" a finding; which rules a file has to keep follows
#      from its name and first line. State: that of one file, reset at the next.
# Absent on purpose: what compilers, sparse and shellcheck see.

function report(line, message)
{
	print name ":" line ": " message
}

function kind_of(file, first)
{
	if (file ~ /\.(c|h|S|def)$/)
		return "c"
	if (file ~ /\.(sh|awk)$|(^|\/)(Makefile|Kbuild)$/ || first ~ /^#!.*sh$/)
		return "script"
	if (file ~ /\.cocci$/)
		return "cocci"
	return "text"
}

# Width with tabs to the next eighth column; what people read is not counted,
# because a sentence is searched for in one piece.
function width(line,    i, column)
{
	if (kind == "c" && line !~ /^ ?\*|^\/[*\/]/)
		gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
	for (i = 1; i <= length(line); i++)
		column += substr(line, i, 1) == "\t" ? 8 - column % 8 : 1
	return column + 0
}

# Code alone: no comments, no strings
function code_of(line,    at, end, out)
{
	gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
	out = ""
	while (line != "") {
		if (in_comment) {
			at = index(line, "*/")
			if (!at)
				return out
			line = substr(line, at + 2)
			in_comment = 0
			continue
		}
		at = index(line, "/*")
		end = index(line, "//")
		if (end && (!at || end < at))
			return out substr(line, 1, end - 1)
		if (!at)
			return out line
		out = out substr(line, 1, at - 1) " "
		line = substr(line, at + 2)
		in_comment = 1
	}
	return out
}

function finish()
{
	if (name == "" || kind == "text")
		return
	if (!spdx)
		report(1, "no SPDX line in the first two")
	if (head_lines < 3)
		report(spdx + 1, "no header comment: what comes in, goes out, who owns the state")
	if (lines > 400)
		report(lines, "longer than 400 lines")
}

function begin_file()
{
	finish()
	name = FILENAME
	kind = kind_of(name, $0)
	spdx = lines = head_lines = head_over = in_comment = body = 0
}

# Lines of comment between the SPDX line and the first line of anything else
function count_head()
{
	if (head_over || FNR <= spdx || !spdx)
		return
	if ($0 ~ /^[ \t]*(\/\*|\*|#|\/\/)/ && $0 !~ /^#(if|define|include)/) {
		if ($0 ~ /[A-Za-z]/)
			head_lines++
	} else if ($0 !~ /^$/) {
		head_over = 1
	}
}

function check_layout()
{
	if (width($0) > 100)
		report(FNR, "wider than 100 columns")
	if (kind == "c" && $0 ~ /^        /)
		report(FNR, "indented with spaces")
	if ($0 ~ / \t/)
		report(FNR, "space before a tab")
}

function check_function()
{
	if ($0 ~ /^\{/) {
		body = FNR
	} else if ($0 ~ /^\}/ && body) {
		if (FNR - body - 1 > 70)
			report(body, "function of " FNR - body - 1 " lines, more than 70")
		body = 0
	}
}

function check_code(    code)
{
	code = code_of($0)
	if (name ~ /^(hv|include)\// && name !~ /^hv\/kvm\// &&
	    code ~ /KERNEL_VERSION|LINUX_VERSION_CODE|kallsyms|#[ \t]*(el)?if.*[^A-Z_]CONFIG_/)
		report(FNR, "kernel versions, configuration and kallsyms belong into hv/kvm")
	# Tests may: one that asks the registry never finds a wrong number there.
	if (tolower(code) ~ /0x4000[0-9a-f][0-9a-f][0-9a-f][0-9a-f]([^0-9a-f]|$)/ &&
	    name !~ /^include\/hve\/(enlightenments\.def|registry\.h|tlfs\.h)$/ &&
	    name !~ /(^|\/)(tests|testing)\//)
		report(FNR, "number of an MSR or a leaf outside the registry")
}

function check_words()
{
	if ($0 ~ /(^|[^A-Za-z])(TO[D]O|FIX[M]E|XX[X])([^A-Za-z]|$)/)
		report(FNR, "a known shortcoming belongs into Documentation/known-limits.rst")
	if ($0 ~ /(^|[^a-z])(deb|security|archive|ports|ftp)\.[a-z0-9.-]+\.(org|com|net)/ ||
	    $0 ~ /(^|[^a-z])mirrors?\.[a-z0-9.-]*\.(org|com|net)/ ||
	    $0 ~ /[a-z0-9-]+\.pkg\.dev|https?:\/\/[0-9]+\.[0-9]+\./)
		report(FNR, "the name of a mirror: take it from the machine's apt")
}

FNR == 1 { begin_file() }
{
	lines = FNR
	if (FNR <= 2 && /SPDX-License-Identifier: /)
		spdx = FNR
	count_head()
	if (/[ \t]$/)
		report(FNR, "space at the end of the line")
	check_words()
}
kind == "text" { next }
{ check_layout() }
{ check_function() }
kind == "c" { check_code() }
END { finish() }
