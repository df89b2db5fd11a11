#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-2.0
#
# Some of what checkpatch.pl finds, in its words: --terse --show-types.
use strict;
use warnings;

my $bad = 0;
my $signed = 0;
my $in_diff = 0;

sub report {
	my ($line, $kind, $type, $text) = @_;
	print "$ARGV[-1]:$line: $kind:$type: $text\n";
	$bad++;
}

open(my $file, '<', $ARGV[-1]) or die "$ARGV[-1]: $!\n";
while (my $text = <$file>) {
	chomp $text;
	$signed = 1 if $text =~ /^Signed-off-by: /;
	$in_diff = 1 if $text =~ /^diff --git /;
	next unless $in_diff && $text =~ /^\+(?!\+\+ )/;
	report($., 'ERROR', 'SPACING', "space required before the open brace '{'")
		if $text =~ /\)\{/;
	report($., 'ERROR', 'CODE_INDENT', 'code indent should use tabs where possible')
		if $text =~ /^\+ {8}/;
	report($., 'WARNING', 'LEADING_SPACE', 'please, no spaces at the start of a line')
		if $text =~ /^\+ {1,7}[^ *]/;
	report($., 'CHECK', 'SPACING', 'spaces preferred around that \'+\'')
		if $text =~ /\w\+\w/;
}
close $file;
report(1, 'ERROR', 'MISSING_SIGN_OFF', 'Missing Signed-off-by: line(s)')
	unless $signed || grep { $_ eq '--no-signoff' } @ARGV;
exit($bad ? 1 : 0);
