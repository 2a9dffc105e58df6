# SPDX-License-Identifier: GPL-2.0
#
# From inside.sh's lines to tables. In: its lines, -v kernel=RELEASE,
# -v json=FILE (or empty). Out: the tables, then what exceeds a limit; exit
# status 1 if anything does, 2 if figures are missing.
# Absent on purpose: titles; rows stand in the order and under the names that
# the guests gave them.

BEGIN {
	limit_call = 10
	limit_vcpu = 8192
	# KVM finds a vCPU in an xarray: a level more for 64 times as many.
	limit_scale = 64
	complaints = 0
}

$1 == "R" {
	title = ""
	for (i = 8; i <= NF; i++)
		title = title (i > 8 ? " " : "") $i
	if (!(($2, title) in row_seen)) {
		row_seen[$2, title] = 1
		rows[$2, ++nr_rows[$2]] = title
	}
	calls[$2, title] = $4
	cost[$2, $3, title] = $5
	if ($2 == "scale" && $3 ~ /^own-/) {
		size = substr($3, 5)
		if (!(size in size_seen)) {
			size_seen[size] = 1
			sizes[++nr_sizes] = size
		}
	}
}

$1 == "M" { memory[$2, $3] = $4 }

# All failures are said at the end, and none is said twice.
function complain(text)
{
	complaint[++complaints] = text
}

function value(table, column, title)
{
	if (!((table, column, title) in cost)) {
		missing = table ", " column ": " title
		return 0
	}
	return cost[table, column, title]
}

function compare(table, heading,   i, title, own, hve)
{
	printf "\n%-50s %10s %10s %11s\n", heading, "KVM's own", "kvm-hve", "difference"
	for (i = 1; i <= nr_rows[table]; i++) {
		title = rows[table, i]
		own = value(table, "own", title)
		hve = value(table, "hve", title)
		printf "%-50s %10d %10d %+11d\n", title, own, hve, hve - own
		add_json(table, title, "\"own\": " own ", \"hve\": " hve)
	}
}

function check_scale(title, small, large,   more)
{
	more = value("scale", "hve-" large, title) - \
	       value("scale", "hve-" small, title)
	if (more > limit_scale)
		complain(title " of one target: " more " instructions more among " \
			 large " vCPUs than among " small ", the limit is " limit_scale)
}

function scale(   i, j, title, text)
{
	printf "\n%-28s", "One target among N vCPUs"
	for (j = 1; j <= nr_sizes; j++)
		printf " %8s", "own " sizes[j]
	for (j = 1; j <= nr_sizes; j++)
		printf " %8s", "hve " sizes[j]
	printf "\n"
	for (i = 1; i <= nr_rows["scale"]; i++) {
		title = rows["scale", i]
		printf "%-28s", title
		text = ""
		for (j = 1; j <= nr_sizes; j++) {
			printf " %8d", value("scale", "own-" sizes[j], title)
			text = text (j > 1 ? ", " : "") "\"own-" sizes[j] "\": " \
				value("scale", "own-" sizes[j], title)
		}
		for (j = 1; j <= nr_sizes; j++) {
			printf " %8d", value("scale", "hve-" sizes[j], title)
			text = text ", \"hve-" sizes[j] "\": " \
				value("scale", "hve-" sizes[j], title)
		}
		printf "\n"
		add_json("scale", title, text)
		check_scale(title, sizes[1], sizes[nr_sizes])
	}
}

function pass(table, heading,   i, title, absent, idle, busy, each)
{
	printf "\n%-38s %9s %6s %6s %12s %14s\n", heading, "absent", "idle",
	       "busy", "added, idle", "added per call"
	for (i = 1; i <= nr_rows[table]; i++) {
		title = rows[table, i]
		absent = value(table, "absent", title)
		idle = value(table, "idle", title)
		busy = value(table, "busy", title)
		each = (busy - absent) / calls[table, title]
		printf "%-38s %9d %6d %6d %+12d %+14.1f\n", title, absent, idle, busy,
		       idle - absent, each
		add_json(table, title, "\"absent\": " absent ", \"idle\": " idle \
			 ", \"busy\": " busy ", \"calls\": " calls[table, title])
		if (idle != absent)
			complain(title ": " idle - absent " instructions added by " \
				 "the idle module, the limit is 0")
		if (each > limit_call)
			complain(title ": " each " instructions added per hooked " \
				 "call, the limit is " limit_call)
	}
}

function memories(variant, title,   each)
{
	if (!((variant, 1) in memory) || !((variant, 2) in memory)) {
		missing = "memory, " variant
		return
	}
	each = memory[variant, 2] - memory[variant, 1]
	printf "%-50s %10d\n", title, each
	add_json("memory", title, "\"bytes\": " each)
	if (each >= limit_vcpu)
		complain(title ": " each " bytes, the limit is " limit_vcpu)
}

function add_json(table, title, text)
{
	gsub(/["\\]/, "\\\\&", title)
	json_text = json_text (json_text == "" ? "" : ",\n") \
		"    { \"table\": \"" table "\", \"row\": \"" title "\", " text " }"
}

END {
	printf "Executed instructions, Linux %s\n", kernel
	compare("one", "One vCPU")
	compare("many", "Four vCPUs")
	scale()
	pass("plain", "VM not served, no Hyper-V")
	pass("own", "VM not served, KVM's own Hyper-V")
	pass("ioctl", "VM not served, from user space")
	printf "\n%-50s %10s\n", "Memory for one vCPU more", "bytes"
	memories("ran", "that ran")
	memories("assist", "with its assist page over memory in use")
	printf "\n"
	if (json != "")
		printf "{\n  \"kernel\": \"%s\",\n  \"unit\": \"instructions\",\n" \
		       "  \"rows\": [\n%s\n  ]\n}\n", kernel, json_text >json
	if (missing != "") {
		print "bench: no figure for " missing
		exit 2
	}
	for (i = 1; i <= complaints; i++)
		print "bench: " complaint[i]
	if (complaints)
		exit 1
	print "bench: every limit is kept"
}
