// SPDX-License-Identifier: GPL-2.0
/*
 * Rewrite one C file of the kernel so that it holds many small mistakes, of which
 * one at most is made: "mutant schemata".  Which one, mm_mut(N) says when the
 * kernel runs, so that one build serves all mutants.  See mm_mutate.h.
 *
 * Only what is written in the file itself is changed: nothing inside a macro's
 * arguments or body, no constant expression that the compiler has to know, and no
 * assertion.  A condition that turns out to be constant after inlining stays so.
 */
#define _GNU_SOURCE
#include <clang-c/Index.h>
#include <ctype.h>
#include <err.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What stands at one offset: ends of inner things first, then of outer ones. */
enum where { CLOSE, REPLACE, OPEN };

struct edit {
	unsigned int off;
	enum where where;
	int depth;
	unsigned int seq;
	unsigned int len;
	char *text;
};

struct span {
	unsigned int b;
	unsigned int e;
};

struct kids {
	CXCursor *at;
	unsigned int nr;
};

static char *src;
static unsigned int src_len;
static const char *name_of_file;
static CXTranslationUnit unit;
static CXFile main_file;

static struct edit *edits;
static unsigned int nr_edits;
static struct span *macros;
static unsigned int nr_macros;

static FILE *list;
static unsigned int next_id = 1;
static const char *function;
static int depth;

static void expr(CXCursor c);
static void stmt(CXCursor c);

static void *grow(void *array, unsigned int nr, size_t size)
{
	/* Doubles at each power of two. */
	if (nr & (nr - 1))
		return array;
	array = realloc(array, (nr ? 2 * nr : 1) * size);
	if (!array)
		err(1, "realloc");
	return array;
}

static void edit(unsigned int off, enum where where, unsigned int len,
		 const char *fmt, ...)
{
	struct edit *e;
	va_list ap;

	edits = grow(edits, nr_edits, sizeof(*edits));
	e = &edits[nr_edits];
	*e = (struct edit) {
		.off = off, .where = where, .depth = depth, .seq = nr_edits, .len = len,
	};
	nr_edits++;
	va_start(ap, fmt);
	if (vasprintf(&e->text, fmt, ap) < 0)
		err(1, "vasprintf");
	va_end(ap);
}

static int by_place(const void *x, const void *y)
{
	const struct edit *a = x, *b = y;

	if (a->off != b->off)
		return a->off < b->off ? -1 : 1;
	if (a->where != b->where)
		return (int)a->where - (int)b->where;
	if (a->depth != b->depth)
		return (a->depth < b->depth) == (a->where == OPEN) ? -1 : 1;
	return a->seq < b->seq ? -1 : 1;
}

static void write_source(FILE *out)
{
	unsigned int at = 0, i;

	qsort(edits, nr_edits, sizeof(*edits), by_place);
	fprintf(out, "#include \"mm_mutate.h\"\n#line 1\n");
	for (i = 0; i < nr_edits; i++) {
		fwrite(src + at, 1, edits[i].off - at, out);
		fputs(edits[i].text, out);
		at = edits[i].off + edits[i].len;
	}
	fwrite(src + at, 1, src_len - at, out);
}

/* One mutant of @s; its number is returned. */
static unsigned int mutant(struct span s, const char *op, const char *to)
{
	unsigned int line = 1, i;

	for (i = 0; i < s.b; i++)
		line += src[i] == '\n';
	fprintf(list, "%u\t%s\t%s\t%u\t%s\t", next_id, name_of_file, function, line, op);
	for (i = s.b; i < s.e; i++) {
		if (!isspace((unsigned char)src[i]))
			fputc(src[i], list);
		else if (i && !isspace((unsigned char)src[i - 1]))
			fputc(' ', list);
	}
	fprintf(list, "\t%s\n", to);
	return next_id++;
}

static struct span extent(CXCursor c)
{
	CXSourceRange range = clang_getCursorExtent(c);
	CXFile file = NULL;
	struct span s = { 0, 0 };

	clang_getExpansionLocation(clang_getRangeStart(range), &file, NULL, NULL, &s.b);
	if (!file || !clang_File_isEqual(file, main_file))
		return (struct span) { 0, 0 };
	clang_getExpansionLocation(clang_getRangeEnd(range), &file, NULL, NULL, &s.e);
	if (!file || !clang_File_isEqual(file, main_file) || s.e > src_len)
		return (struct span) { 0, 0 };
	return s;
}

static bool same(struct span a, struct span b)
{
	return a.b == b.b && a.e == b.e;
}

enum place { ASKEW, IS_MACRO, PLAIN };

/* How @s lies to the macros: inside or across one, is one, or clear of all. */
static enum place place(struct span s)
{
	enum place found = PLAIN;
	unsigned int i, open = 0;

	if (s.b >= s.e)
		return ASKEW;
	for (i = 0; i < nr_macros; i++) {
		struct span m = macros[i];

		if (m.e <= s.b || m.b >= s.e)
			continue;
		if (same(m, s))
			found = IS_MACRO;
		else if (m.b < s.b || m.e > s.e)
			return ASKEW;
	}
	/* Where libclang is mistaken about an extent, it cuts through brackets. */
	for (i = s.b; i < s.e; i++) {
		if (strchr("([{", src[i]))
			open++;
		else if (strchr(")]}", src[i]) && !open--)
			return ASKEW;
	}
	return open ? ASKEW : found;
}

static enum CXChildVisitResult collect(CXCursor c, CXCursor parent, CXClientData data)
{
	struct kids *kids = data;

	(void)parent;
	kids->at = grow(kids->at, kids->nr, sizeof(*kids->at));
	kids->at[kids->nr++] = c;
	return CXChildVisit_Continue;
}

static struct kids children(CXCursor c)
{
	struct kids kids = { NULL, 0 };

	clang_visitChildren(c, collect, &kids);
	return kids;
}

/* @c without the parentheses and implicit casts around it. */
static CXCursor bare(CXCursor c)
{
	for (;;) {
		enum CXCursorKind kind = clang_getCursorKind(c);
		struct kids kids;

		if (kind != CXCursor_ParenExpr && kind != CXCursor_UnexposedExpr)
			return c;
		kids = children(c);
		if (kids.nr != 1 || !clang_isExpression(clang_getCursorKind(kids.at[0]))) {
			free(kids.at);
			return c;
		}
		c = kids.at[0];
		free(kids.at);
	}
}

static enum CXTypeKind type_of(CXCursor c)
{
	return clang_getCanonicalType(clang_getCursorType(c)).kind;
}

static bool is_int(CXCursor c)
{
	enum CXTypeKind kind = type_of(c);

	return (kind >= CXType_Bool && kind <= CXType_Int128) || kind == CXType_Enum;
}

static bool is_bool(CXCursor c)
{
	return type_of(c) == CXType_Bool;
}

static bool is_pointer(CXCursor c)
{
	enum CXTypeKind kind = type_of(c);

	return kind == CXType_Pointer || kind == CXType_ConstantArray ||
	       kind == CXType_IncompleteArray;
}

static bool is_bit_field(CXCursor c)
{
	CXCursor to = clang_getCursorReferenced(bare(c));

	return clang_getCursorKind(to) == CXCursor_FieldDecl && clang_Cursor_isBitField(to);
}

/* The operator between the operands @l and @r; "" if that cannot be told. */
static struct span operator_of(struct span l, struct span r, char op[4])
{
	unsigned int b = l.e, e = r.b;

	op[0] = '\0';
	while (b < e && isspace((unsigned char)src[b]))
		b++;
	while (e > b && isspace((unsigned char)src[e - 1]))
		e--;
	if (e - b >= 1 && e - b <= 3 && strspn(src + b, "<>=!&|^+-*/%") >= e - b) {
		memcpy(op, src + b, e - b);
		op[e - b] = '\0';
	}
	return (struct span) { b, e };
}

static bool one_of(const char *word, const char *words)
{
	const char *at = words;
	size_t len = strlen(word);

	while (len && (at = strstr(at, word))) {
		if ((at == words || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
		at += len;
	}
	return false;
}

/*
 * Whether the compiler may know what @s is: if something is called that may be an
 * inline function.  What a variable is, it knows on some paths only, and those
 * have to be changed like the others.
 */
static bool may_be_constant(struct span s)
{
	unsigned int i;

	for (i = s.b + 1; i < s.e; i++)
		if (src[i] == '(' && (isalnum((unsigned char)src[i - 1]) || src[i - 1] == '_'))
			return true;
	return false;
}

/* What to put in the place of a binary operator, at most two. */
static const char *const replacements[][3] = {
	{ "<", "<=", ">=" }, { "<=", "<", ">" }, { ">", ">=", "<=" },
	{ ">=", ">", "<" }, { "==", "!=", NULL }, { "!=", "==", NULL },
	{ "+", "-", NULL }, { "-", "+", NULL }, { "*", "/", NULL },
	{ "/", "*", NULL }, { "%", "/", NULL }, { "<<", ">>", NULL },
	{ ">>", "<<", NULL }, { "&", "|", NULL }, { "|", "&", NULL },
	{ "^", "&", NULL }, { NULL, NULL, NULL },
};

static const char *const *replace(const char *op)
{
	unsigned int i;

	for (i = 0; replacements[i][0]; i++)
		if (!strcmp(replacements[i][0], op))
			return &replacements[i][1];
	return NULL;
}

static bool relational(const char *op)
{
	return one_of(op, "< <= > >= == !=");
}

static void binary(CXCursor c, struct span s, struct kids *kids)
{
	struct span l = extent(kids->at[0]), r = extent(kids->at[1]), t;
	const char *const *to;
	char op[4];

	t = operator_of(l, r, op);
	depth++;
	expr(kids->at[0]);
	expr(kids->at[1]);
	depth--;
	if (place(l) == ASKEW || place(r) == ASKEW || !*op)
		return;
	if (one_of(op, "&& ||")) {
		unsigned int id = mutant(s, "logical", op[0] == '&' ? "||" : "&&");

		/* l is what decides whether r counts; the other way round in a mutant. */
		edit(s.b, OPEN, 0, "mm_mut_%s%s(%u, (", op[0] == '&' ? "and" : "or",
		     may_be_constant(l) ? "_const" : "", id);
		edit(l.e, CLOSE, 0, ")");
		edit(t.b, REPLACE, t.e - t.b, ",");
		edit(r.b, OPEN, 0, "(");
		edit(s.e, CLOSE, 0, "))");
		return;
	}
	to = replace(op);
	if (!to || is_bit_field(kids->at[0]) || is_bit_field(kids->at[1]))
		return;
	if (!relational(op)) {
		bool pointers = is_pointer(kids->at[0]) || is_pointer(kids->at[1]);

		if (pointers && (!one_of(op, "+ -") || is_pointer(kids->at[1])))
			return;
		if (!pointers && (!is_int(kids->at[0]) || !is_int(kids->at[1])))
			return;
	}
	(void)c;
	{
		const char *kind = relational(op) ? "relational" : "arithmetic";
		unsigned int id = mutant(s, kind, to[0]);
		unsigned int other = to[1] ? mutant(s, kind, to[1]) : 0;

		edit(s.b, OPEN, 0, "({ __auto_type __l%u = (", id);
		edit(l.e, CLOSE, 0, ")");
		edit(t.b, REPLACE, t.e - t.b, "; __auto_type __r%u =", id);
		edit(r.b, OPEN, 0, "(");
		if (other)
			edit(s.e, CLOSE, 0,
			     "); mm_mut_const(%d, __l%u %s __r%u) ? __l%u %s __r%u : mm_mut(%u) ? __l%u %s __r%u : mm_mut(%u) ? __l%u %s __r%u : __l%u %s __r%u; })",
			     may_be_constant(s), id, op, id, id, op, id, id, id, to[0], id, other, id,
			     to[1], id, id, op, id);
		else
			edit(s.e, CLOSE, 0,
			     "); mm_mut_const(%d, __l%u %s __r%u) ? __l%u %s __r%u : mm_mut(%u) ? __l%u %s __r%u : __l%u %s __r%u; })",
			     may_be_constant(s), id, op, id, id, op, id, id, id, to[0], id, id, op, id);
	}
}

/* @s in the source, as it is. */
static char *text(struct span s)
{
	char *copy = strndup(src + s.b, s.e - s.b);

	if (!copy)
		err(1, "strndup");
	return copy;
}

static void compound_assign(struct span s, struct kids *kids)
{
	struct span l = extent(kids->at[0]), r = extent(kids->at[1]), t;
	const char *const *to;
	char op[4], *left;
	unsigned int id;

	t = operator_of(l, r, op);
	depth++;
	expr(kids->at[1]);
	depth--;
	if (place(l) != PLAIN || place(r) == ASKEW || strlen(op) < 2)
		return;
	op[strlen(op) - 1] = '\0';
	to = replace(op);
	left = text(l);
	if (to && is_int(kids->at[0]) && is_int(kids->at[1]) && !strstr(left, "++") &&
	    !strstr(left, "--") && !is_bit_field(kids->at[0])) {
		char what[8];

		snprintf(what, sizeof(what), "%s=", to[0]);
		id = mutant(s, "arithmetic", what);
		edit(t.b, REPLACE, t.e - t.b, "= ({ __auto_type __r%u =", id);
		edit(r.b, OPEN, 0, "(");
		edit(s.e, CLOSE, 0, "); mm_mut(%u) ? (%s) %s __r%u : (%s) %s __r%u; })",
		     id, left, to[0], id, left, op, id);
	}
	free(left);
}

static void unary(CXCursor c, struct span s, struct kids *kids)
{
	struct span o = extent(kids->at[0]);
	char *operand;
	unsigned int id;

	depth++;
	expr(kids->at[0]);
	depth--;
	if (place(o) == ASKEW)
		return;
	operand = text(o);
	if (src[s.b] == '!') {
		id = mutant(s, "negate", "without !");
		edit(s.b, OPEN, 0, "mm_mut_cond(%d, %u, (", may_be_constant(s), id);
		edit(s.e, CLOSE, 0, "))");
	} else if (src[s.b] == '~') {
		id = mutant(s, "arithmetic", "without ~");
		edit(s.b, OPEN, 0, "(mm_mut(%u) ? (%s) : ", id, operand);
		edit(s.e, CLOSE, 0, ")");
	} else if (!strncmp(src + s.b, "++", 2) || !strncmp(src + s.b, "--", 2)) {
		id = mutant(s, "arithmetic", src[s.b] == '+' ? "--" : "++");
		edit(s.b, OPEN, 0, "(mm_mut(%u) ? %s(%s) : ", id,
		     src[s.b] == '+' ? "--" : "++", operand);
		edit(s.e, CLOSE, 0, ")");
	} else if (!strncmp(src + s.e - 2, "++", 2) || !strncmp(src + s.e - 2, "--", 2)) {
		id = mutant(s, "arithmetic", src[s.e - 1] == '+' ? "--" : "++");
		edit(s.b, OPEN, 0, "(mm_mut(%u) ? (%s)%s : ", id, operand,
		     src[s.e - 1] == '+' ? "--" : "++");
		edit(s.e, CLOSE, 0, ")");
	}
	free(operand);
	(void)c;
}

static void literal(struct span s)
{
	bool zero = src[s.b] == '0' && s.e - s.b == 1;
	bool one = src[s.b] == '1' && s.e - s.b == 1;
	unsigned int up, down;
	char *old;

	if (!isdigit((unsigned char)src[s.b]))
		return;
	old = text(s);
	up = mutant(s, "constant", "+ 1");
	down = mutant(s, "constant", "- 1");
	if (!zero && !one) {
		unsigned int none = mutant(s, "constant", "0");

		edit(s.b, OPEN, 0,
		     "(mm_mut(%u) ? %s + 1 : mm_mut(%u) ? %s - 1 : mm_mut(%u) ? 0 : ",
		     up, old, down, old, none);
	} else {
		edit(s.b, OPEN, 0, "(mm_mut(%u) ? %s + 1 : mm_mut(%u) ? %s - 1 : ", up, old,
		     down, old);
	}
	edit(s.e, CLOSE, 0, ")");
	free(old);
}

/* An enum constant or a macro without arguments that is a number. */
static void named_constant(struct span s, const char *to)
{
	unsigned int id = mutant(s, "constant", to);

	edit(s.b, OPEN, 0, "(mm_mut(%u) ? (typeof(", id);
	edit(s.b, OPEN, 0, "%.*s))%s : ", (int)(s.e - s.b), src + s.b, to);
	edit(s.e, CLOSE, 0, ")");
}

static bool is_zero(CXCursor c)
{
	CXEvalResult result = clang_Cursor_Evaluate(c);
	bool zero;

	if (!result)
		return false;
	zero = clang_EvalResult_getKind(result) == CXEval_Int &&
	       !clang_EvalResult_getAsLongLong(result);
	clang_EvalResult_dispose(result);
	return zero;
}

static bool is_word(struct span s)
{
	unsigned int i;

	for (i = s.b; i < s.e; i++)
		if (!isalnum((unsigned char)src[i]) && src[i] != '_')
			return false;
	return true;
}

/* A condition: @c decides which way to go. */
static void condition(CXCursor c)
{
	struct span s = extent(c);
	CXCursor inner = bare(c);
	enum CXCursorKind kind = clang_getCursorKind(inner);

	if (place(s) == ASKEW)
		return;
	if (place(s) == PLAIN && kind == CXCursor_BinaryOperator) {
		struct kids kids = children(inner);
		char op[4];

		operator_of(extent(kids.at[0]), extent(kids.at[1]), op);
		free(kids.at);
		/* Its operator is replaced by the opposite anyway. */
		if (relational(op)) {
			expr(c);
			return;
		}
	}
	if (place(s) == PLAIN && kind == CXCursor_UnaryOperator && src[extent(inner).b] == '!') {
		expr(c);
		return;
	}
	if (kind == CXCursor_IntegerLiteral)
		return;
	depth++;
	expr(c);
	depth--;
	edit(s.b, OPEN, 0, "mm_mut_cond(%d, %u, (", may_be_constant(s),
	     mutant(s, "negate", "!(...)"));
	edit(s.e, CLOSE, 0, "))");
}

static void each(struct kids *kids, unsigned int from)
{
	unsigned int i;

	depth++;
	for (i = from; i < kids->nr; i++)
		if (clang_isExpression(clang_getCursorKind(kids->at[i])))
			expr(kids->at[i]);
	depth--;
}

static bool calls_builtin(struct span s)
{
	return !strncmp(src + s.b, "__builtin", 9);
}

static void expr(CXCursor c)
{
	enum CXCursorKind kind = clang_getCursorKind(c);
	struct span s = extent(c);
	struct kids kids;

	switch (place(s)) {
	case ASKEW:
		return;
	case IS_MACRO:
		if (isupper((unsigned char)src[s.b]) && is_word(s) && is_int(c))
			named_constant(s, is_zero(c) ? "1" : "0");
		return;
	case PLAIN:
		break;
	}
	kids = children(c);
	switch (kind) {
	case CXCursor_BinaryOperator:
		if (kids.nr == 2)
			binary(c, s, &kids);
		break;
	case CXCursor_CompoundAssignOperator:
		if (kids.nr == 2)
			compound_assign(s, &kids);
		break;
	case CXCursor_UnaryOperator:
		if (kids.nr == 1)
			unary(c, s, &kids);
		break;
	case CXCursor_ConditionalOperator:
		/* A macro that stands for another: libclang only names the outer one. */
		if (same(extent(kids.at[0]), s))
			break;
		depth++;
		condition(kids.at[0]);
		depth--;
		each(&kids, 1);
		break;
	case CXCursor_IntegerLiteral:
		literal(s);
		break;
	case CXCursor_DeclRefExpr: {
		CXCursor to = clang_getCursorReferenced(c);

		if (clang_getCursorKind(to) == CXCursor_EnumConstantDecl &&
		    is_word(s)) {
			long long value = clang_getEnumConstantDeclValue(to);

			named_constant(s, value ? "0" : "1");
		}
		break;
	}
	case CXCursor_CallExpr:
		if (!calls_builtin(s))
			each(&kids, 1);
		break;
	case CXCursor_StmtExpr:
		stmt(kids.at[0]);
		break;
	case CXCursor_UnaryExpr:
		/* sizeof and its like */
		break;
	default:
		each(&kids, 0);
	}
	free(kids.at);
}

static bool is_assertion(struct span s)
{
	static const char *const words[] = {
		"VM_BUG_ON", "VM_WARN", "BUG_ON", "BUG(", "WARN", "lockdep_", "might_",
		"trace_", "pr_", "dev_", "ASSERT", "BUILD_BUG", "mmap_assert", "vma_assert",
	};
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strncmp(src + s.b, words[i], strlen(words[i])))
			return true;
	return false;
}

/* Leave out the statement that ends with the semicolon behind @s. */
static void deletable(struct span s)
{
	unsigned int end = s.e;

	while (end < src_len && isspace((unsigned char)src[end]))
		end++;
	if (src[end] != ';' || is_assertion(s))
		return;
	edit(s.b, OPEN, 0, "mm_mut_stmt(%u, ", mutant(s, "delete", ""));
	edit(s.e, CLOSE, 0, ")");
}

static void returns(CXCursor c)
{
	struct span s = extent(c);
	CXCursor inner = bare(c);
	unsigned int id, one;

	depth++;
	expr(c);
	depth--;
	if (place(s) != PLAIN || clang_getCursorKind(inner) == CXCursor_IntegerLiteral)
		return;
	if (clang_getCursorKind(inner) == CXCursor_DeclRefExpr &&
	    clang_getCursorKind(clang_getCursorReferenced(inner)) == CXCursor_EnumConstantDecl)
		return;
	if (is_bool(c)) {
		id = mutant(s, "return", "!(...)");
		edit(s.b, OPEN, 0, "mm_mut_cond(%d, %u, (", may_be_constant(s), id);
		edit(s.e, CLOSE, 0, "))");
	} else if (is_int(c)) {
		id = mutant(s, "return", "0");
		one = mutant(s, "return", "1");
		edit(s.b, OPEN, 0, "(mm_mut(%u) ? 0 : mm_mut(%u) ? 1 : (", id, one);
		edit(s.e, CLOSE, 0, "))");
	} else if (is_pointer(c)) {
		id = mutant(s, "return", "NULL");
		edit(s.b, OPEN, 0, "(mm_mut(%u) ? NULL : (", id);
		edit(s.e, CLOSE, 0, "))");
	}
}

static void declaration(CXCursor c)
{
	struct kids kids = children(c);
	unsigned int i;

	for (i = 0; i < kids.nr; i++) {
		CXCursor init;

		if (clang_getCursorKind(kids.at[i]) != CXCursor_VarDecl ||
		    clang_Cursor_getStorageClass(kids.at[i]) == CX_SC_Static)
			continue;
		init = clang_Cursor_getVarDeclInitializer(kids.at[i]);
		if (!clang_Cursor_isNull(init))
			expr(init);
	}
	free(kids.at);
}

static void for_loop(struct span s, struct kids *kids)
{
	unsigned int first = s.b, second, i;
	int open = 0;

	/* The semicolons tell which of the three parts are there. */
	while (first < s.e && !(src[first] == ';' && open == 1)) {
		open += src[first] == '(';
		open -= src[first] == ')';
		first++;
	}
	for (second = first + 1; second < s.e && !(src[second] == ';' && open == 1); second++) {
		open += src[second] == '(';
		open -= src[second] == ')';
	}
	for (i = 0; i + 1 < kids->nr; i++) {
		struct span k = extent(kids->at[i]);

		/* A for_each macro: all of it is the macro's. */
		if (k.b <= s.b || strncmp(src + s.b, "for", 3) ||
		    isalnum((unsigned char)src[s.b + 3]) || src[s.b + 3] == '_')
			continue;
		if (k.b > first && k.b < second)
			condition(kids->at[i]);
		else if (clang_isExpression(clang_getCursorKind(kids->at[i])))
			expr(kids->at[i]);
		else
			stmt(kids->at[i]);
	}
	if (kids->nr)
		stmt(kids->at[kids->nr - 1]);
}

/* Whether the statement @s begins with @keyword itself, and not with a macro. */
static bool begins_with(struct span s, const char *keyword)
{
	size_t len = strlen(keyword);

	return !strncmp(src + s.b, keyword, len) &&
	       !isalnum((unsigned char)src[s.b + len]) && src[s.b + len] != '_';
}

static void stmt(CXCursor c)
{
	enum CXCursorKind kind = clang_getCursorKind(c);
	struct span s = extent(c);
	struct kids kids;
	unsigned int i;

	depth++;
	kids = children(c);
	if (clang_isExpression(kind)) {
		if (place(s) == PLAIN) {
			depth++;
			expr(c);
			depth--;
		}
		if (place(s) != ASKEW)
			deletable(s);
		goto out;
	}
	if (place(s) == IS_MACRO) {
		if (kind != CXCursor_DeclStmt && kind != CXCursor_NullStmt)
			deletable(s);
		goto out;
	}
	switch (kind) {
	case CXCursor_CompoundStmt:
		for (i = 0; i < kids.nr; i++)
			stmt(kids.at[i]);
		break;
	case CXCursor_DeclStmt:
		declaration(c);
		break;
	case CXCursor_IfStmt:
	case CXCursor_WhileStmt:
		/* That of for_each_vma() is the macro's. */
		if (kids.nr && begins_with(s, kind == CXCursor_IfStmt ? "if" : "while"))
			condition(kids.at[0]);
		for (i = 1; i < kids.nr; i++)
			stmt(kids.at[i]);
		break;
	case CXCursor_DoStmt:
		if (kids.nr == 2) {
			stmt(kids.at[0]);
			condition(kids.at[1]);
		}
		break;
	case CXCursor_ForStmt:
		for_loop(s, &kids);
		break;
	case CXCursor_SwitchStmt:
		if (kids.nr)
			expr(kids.at[0]);
		for (i = 1; i < kids.nr; i++)
			stmt(kids.at[i]);
		break;
	case CXCursor_CaseStmt:
	case CXCursor_DefaultStmt:
	case CXCursor_LabelStmt:
		if (kids.nr)
			stmt(kids.at[kids.nr - 1]);
		break;
	case CXCursor_ReturnStmt:
		if (kids.nr)
			returns(kids.at[0]);
		else if (place(s) == PLAIN)
			deletable(s);
		break;
	case CXCursor_GotoStmt:
	case CXCursor_BreakStmt:
	case CXCursor_ContinueStmt:
		if (place(s) == PLAIN)
			deletable(s);
		break;
	default:
		break;
	}
out:
	free(kids.at);
	depth--;
}

static enum CXChildVisitResult find_macros(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	(void)data;
	if (clang_getCursorKind(c) == CXCursor_MacroExpansion) {
		struct span s = extent(c);

		if (s.b < s.e) {
			macros = grow(macros, nr_macros, sizeof(*macros));
			macros[nr_macros++] = s;
		}
	}
	return CXChildVisit_Continue;
}

static enum CXChildVisitResult find_functions(CXCursor c, CXCursor parent, CXClientData data)
{
	const char *wanted = data;
	struct kids kids;
	CXString name;

	(void)parent;
	if (clang_getCursorKind(c) != CXCursor_FunctionDecl || !clang_isCursorDefinition(c) ||
	    extent(c).b >= extent(c).e)
		return CXChildVisit_Continue;
	name = clang_getCursorSpelling(c);
	function = clang_getCString(name);
	if (!*wanted || one_of(function, wanted)) {
		kids = children(c);
		if (kids.nr && clang_getCursorKind(kids.at[kids.nr - 1]) == CXCursor_CompoundStmt)
			stmt(kids.at[kids.nr - 1]);
		free(kids.at);
	}
	clang_disposeString(name);
	return CXChildVisit_Continue;
}

static void read_source(const char *path)
{
	FILE *in = fopen(path, "r");
	long size;

	if (!in || fseek(in, 0, SEEK_END))
		err(1, "%s", path);
	size = ftell(in);
	if (size < 0)
		err(1, "%s", path);
	rewind(in);
	src = calloc(1, size + 1);
	if (!src || fread(src, 1, size, in) != (size_t)size)
		err(1, "%s", path);
	src_len = size;
	fclose(in);
}

static void check_parse(void)
{
	unsigned int i, nr = clang_getNumDiagnostics(unit);

	for (i = 0; i < nr; i++) {
		CXDiagnostic d = clang_getDiagnostic(unit, i);
		CXString s;

		if (clang_getDiagnosticSeverity(d) >= CXDiagnostic_Error) {
			s = clang_formatDiagnostic(d, clang_defaultDiagnosticDisplayOptions());
			errx(1, "%s", clang_getCString(s));
		}
		clang_disposeDiagnostic(d);
	}
}

int main(int argc, char **argv)
{
	const char *wanted = "", *out_path = NULL, *list_path = NULL;
	CXIndex index;
	FILE *out;
	int opt;

	while ((opt = getopt(argc, argv, "+f:n:o:l:N:")) != -1) {
		switch (opt) {
		case 'f':
			wanted = optarg;
			break;
		case 'n':
			next_id = strtoul(optarg, NULL, 10);
			break;
		case 'N':
			name_of_file = optarg;
			break;
		case 'o':
			out_path = optarg;
			break;
		case 'l':
			list_path = optarg;
			break;
		default:
			optind = argc;
		}
	}
	if (optind >= argc || !out_path || !list_path)
		errx(2, "usage: %s [-f 'function ...'] [-n first] [-N name] -o out.c -l list file.c [flag ...]",
		     argv[0]);
	if (!name_of_file)
		name_of_file = argv[optind];
	read_source(argv[optind]);
	index = clang_createIndex(0, 0);
	if (clang_parseTranslationUnit2(index, argv[optind],
					(const char *const *)argv + optind + 1,
					argc - optind - 1, NULL, 0,
					CXTranslationUnit_DetailedPreprocessingRecord,
					&unit) != CXError_Success)
		errx(1, "%s: cannot be parsed", argv[optind]);
	check_parse();
	main_file = clang_getFile(unit, argv[optind]);
	list = fopen(list_path, "w");
	if (!list)
		err(1, "%s", list_path);
	clang_visitChildren(clang_getTranslationUnitCursor(unit), find_macros, NULL);
	clang_visitChildren(clang_getTranslationUnitCursor(unit), find_functions,
			    (void *)wanted);
	if (fclose(list))
		err(1, "%s", list_path);
	out = fopen(out_path, "w");
	if (!out)
		err(1, "%s", out_path);
	write_source(out);
	if (fclose(out))
		err(1, "%s", out_path);
	printf("%u\n", next_id);
	clang_disposeTranslationUnit(unit);
	clang_disposeIndex(index);
	return 0;
}
