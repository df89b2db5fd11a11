# SPDX-License-Identifier: GPL-2.0
# make olddefconfig: drop what Kconfig does not have, add what is y by default.

function read(name,	line, words, symbol)
{
	while ((getline line < name) > 0) {
		split(line, words, /[ \t]+/)
		if (words[1] == "config") {
			symbol = "CONFIG_" words[2]
			known[symbol] = 1
		} else if (line ~ /^\tdefault y/) {
			value[symbol] = symbol "=y"
			order[++count] = symbol
		} else if (words[1] == "source") {
			gsub(/"/, "", words[2])
			read(words[2])
		}
	}
	close(name)
}

BEGIN {
	read("Kconfig")
	print "# Automatically generated file; DO NOT EDIT."
}

match($0, /CONFIG_[A-Za-z0-9_]+/) {
	symbol = substr($0, RSTART, RLENGTH)
	if (!(symbol in known))
		next
	if (!(symbol in value))
		order[++count] = symbol
	value[symbol] = $0
}

END {
	for (number = 1; number <= count; number++)
		print value[order[number]]
}
