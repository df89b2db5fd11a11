// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the table of mm/kunit/walker/table.c as reStructuredText. It is compiled
 * together with that very file, which the cases in the kernel read as well.
 *
 * Exit status: 0, or 1 if a row forgets an entry.
 */
#include <stdio.h>
#include <string.h>

#include "../../mm/kunit/walker/table.h"

#define WIDTH	90

/* For the overview: small where a rule is the source, and a capital if a document is */
static const char letters[EW_NR_OUTCOMES] = {
	[EW_KEPT]		= 'k',
	[EW_GONE]		= 'r',
	[EW_HALF_GONE]		= 'h',
	[EW_READ_ONLY]		= 'n',
	[EW_NO_ACCESS]		= 'x',
	[EW_WRITE_ALLOWED]	= 'w',
	[EW_MOVED]		= 'm',
	[EW_HALF_MOVED]		= 'v',
	[EW_SPLIT_UP]		= 's',
	[EW_OLD]		= 'o',
	[EW_CLEAN]		= 'c',
	[EW_OUT]		= 't',
	[EW_CACHED]		= 'i',
	[EW_GUARDED]		= 'g',
	[EW_SHARED]		= 'f',
	[EW_RESTORED]		= 'b',
	[EW_PAGE]		= 'p',
	[EW_WRITABLE_PAGE]	= 'q',
	[EW_COLLAPSED]		= 'l',
	[EW_ANYTHING]		= '?',
};

static int undefined(const struct ew_cells *cell)
{
	return cell->basis == EW_UNDEFINED;
}

static char letter(const struct ew_cells *cell)
{
	char c = letters[cell->outcome];

	if (undefined(cell))
		return '?';
	return cell->basis == EW_BY_DOCUMENT ? c - 'a' + 'A' : c;
}

/* Words, in lines of at most WIDTH characters of which the later ones are indented */
static void wrap(const char *first, const char *text)
{
	int column = printf("%s", first), n, fresh = 1;
	const char *word = text;

	while (*word) {
		n = strcspn(word, " ");
		if (!fresh && column + 1 + n > WIDTH) {
			printf("\n  ");
			column = 2;
			fresh = 1;
		}
		column += printf("%s%.*s", fresh ? "" : " ", n, word);
		fresh = 0;
		word += n + !!word[n];
	}
	printf("\n");
}

static void counts(void)
{
	int n[3] = { 0 }, all = EW_NR_WALKERS * EW_NR_ENTRIES, w, e;
	char text[512];

	for (w = 0; w < EW_NR_WALKERS; w++)
		for (e = 0; e < EW_NR_ENTRIES; e++)
			n[ew_cell(w, e)->basis]++;
	snprintf(text, sizeof(text),
		 "%d walkers and %d kinds of entries make %d cells: %d come from a document, %d follow from the rule of their row, and %d are undefined, wholly or in what the walker says.",
		 EW_NR_WALKERS, EW_NR_ENTRIES, all, n[EW_BY_DOCUMENT],
		 n[EW_BY_RULE], n[EW_UNDEFINED]);
	wrap("| ", text);
	printf("\n");
}

static void overview(void)
{
	int w, e;

	printf("::\n\n");
	for (e = 0; e < EW_NR_ENTRIES; e++) {
		printf("    %30s", "");
		for (w = 0; w < e; w++)
			printf("| ");
		printf("%s\n", ew_entry_names[e]);
	}
	for (w = 0; w < EW_NR_WALKERS; w++) {
		printf("    %-29s", ew_rows[w].name);
		for (e = 0; e < EW_NR_ENTRIES; e++)
			printf(" %c", letter(ew_cell(w, e)));
		printf("\n");
	}
	printf("\n");
}

static void legend(void)
{
	int o;

	for (o = 0; o < EW_NR_OUTCOMES; o++)
		if (o != EW_ANYTHING)
			printf("* ``%c``: %s\n", letters[o], ew_outcome_words[o]);
	printf("* ``?``: undefined\n\n");
}

/* One line on all entries of a row that have the same cell */
static void bullet(enum ew_walker walker, const struct ew_cells *cell)
{
	const char *more = "";
	char text[1024];
	int n = 0, e;

	for (e = 0; e < EW_NR_ENTRIES; e++) {
		if (ew_cell(walker, e) != cell)
			continue;
		n += snprintf(text + n, sizeof(text) - n, "%s%s", more,
			      ew_entry_names[e]);
		more = "; ";
	}
	n += snprintf(text + n, sizeof(text) - n, ": %s%s",
		      cell->waits ? "waits until the migration is over, then " : "",
		      ew_outcome_words[cell->outcome]);
	if (cell->says != EW_OK && cell->says != EW_ANYWAY)
		n += snprintf(text + n, sizeof(text) - n, ", told as \"%s\"",
			      ew_says_words[cell->says]);
	if (cell->says == EW_ANYWAY && cell->outcome != EW_ANYTHING)
		n += snprintf(text + n, sizeof(text) - n,
			      ", told as nobody says");
	if (*cell->source)
		snprintf(text + n, sizeof(text) - n, " (%s)", cell->source);
	wrap("* ", text);
}

static void row(enum ew_walker walker)
{
	const struct ew_row *r = &ew_rows[walker];
	const struct ew_cells *cell;
	char text[512];
	int i, e, any;

	printf("%s\n", r->name);
	for (i = strlen(r->name); i; i--)
		printf("-");
	printf("\n\n");
	snprintf(text, sizeof(text), "%c%s (%s).",
		 r->rule[0] >= 'a' && r->rule[0] <= 'z' ? r->rule[0] - 'a' + 'A' :
							  r->rule[0],
		 r->rule + 1, r->source);
	/* A line block needs no care for where lines end. */
	wrap("| ", text);
	printf("\n");
	for (i = 0; i < EW_MAX_CELLS; i++) {
		cell = &r->cells[i];
		any = 0;
		for (e = 0; e < EW_NR_ENTRIES; e++)
			any |= ew_cell(walker, e) == cell;
		if (any)
			bullet(walker, cell);
	}
	printf("\n");
}

int main(void)
{
	int w, e;

	for (w = 0; w < EW_NR_WALKERS; w++)
		for (e = 0; e < EW_NR_ENTRIES; e++)
			if (!ew_rows[w].name || !ew_cell(w, e)) {
				fprintf(stderr, "row %d (%s) forgets %s\n", w,
					ew_rows[w].name ?: "no name",
					ew_entry_names[e]);
				return 1;
			}
	counts();
	overview();
	legend();
	for (w = 0; w < EW_NR_WALKERS; w++)
		row(w);
	return 0;
}
