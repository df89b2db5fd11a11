// SPDX-License-Identifier: GPL-2.0
#include <linux/lib.h>

/**
 * glob_match() - Whether a name matches a pattern
 * @pattern: with * ? and [a-z], or [!a-z]
 * @text: the name
 *
 * Return: true if all of @text matches.
 */
bool glob_match(const char *pattern, const char *text)
{
	for (; *pattern; pattern++, text++) {
		bool negated, found = false;

		if (*pattern == '*') {
			for (;; text++) {
				if (glob_match(pattern + 1, text))
					return true;
				if (!*text)
					return false;
			}
		}
		if (!*text)
			return false;
		if (*pattern == '?' || *pattern == *text)
			continue;
		if (*pattern != '[')
			return false;
		negated = *++pattern == '!';
		for (pattern += negated; *pattern && *pattern != ']'; pattern++) {
			if (pattern[1] == '-' && pattern[2] != ']') {
				found |= *pattern <= *text && *text <= pattern[2];
				pattern += 2;
			} else {
				found |= *pattern == *text;
			}
		}
		if (found == negated || !*pattern)
			return false;
	}
	return !*text;
}
