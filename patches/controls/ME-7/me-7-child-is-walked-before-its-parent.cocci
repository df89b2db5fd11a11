// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the rmap walk comes to a child before its parent
//
// Of VMAs with the same start the last one inserted comes first, so an entry that fork()
// copies from a parent not walked yet to a child walked already is never removed. One "<="
// instead of "<" is enough, in the macro that makes the function of all interval trees; it is
// written out here, so that it is a function that changes.
//
// Breaks: ME-7
// Kills: migration_entry_rmap.rmap_walk_visits_parent_first: assertion
// In: mm/interval_tree.c: anon_vma_interval_tree_insert | anon_rmap_tree_insert

@@
@@
(
- __anon_vma_interval_tree_insert(node, root);
+ struct rb_node **link = &root->rb_root.rb_node, *above = NULL;
+ struct anon_vma_chain *other;
+ bool leftmost = true;
+
+ while (*link) {
+ 	above = *link;
+ 	other = rb_entry(above, struct anon_vma_chain, rb);
+ 	if (other->rb_subtree_last < avc_last_pgoff(node))
+ 		other->rb_subtree_last = avc_last_pgoff(node);
+ 	if (avc_start_pgoff(node) <= avc_start_pgoff(other)) {
+ 		link = &other->rb.rb_left;
+ 	} else {
+ 		link = &other->rb.rb_right;
+ 		leftmost = false;
+ 	}
+ }
+ node->rb_subtree_last = avc_last_pgoff(node);
+ rb_link_node(&node->rb, above, link);
+ rb_insert_augmented_cached(&node->rb, root, leftmost,
+ 			   &__anon_vma_interval_tree_augment);
|
- __anon_rmap_tree_insert(avc, &anon_vma->rb_root);
+ struct rb_root_cached *root = &anon_vma->rb_root;
+ struct rb_node **link = &root->rb_root.rb_node, *above = NULL;
+ struct anon_vma_chain *other;
+ bool leftmost = true;
+
+ while (*link) {
+ 	above = *link;
+ 	other = rb_entry(above, struct anon_vma_chain, rb);
+ 	if (other->rb_subtree_last < avc_last_pgoff(avc))
+ 		other->rb_subtree_last = avc_last_pgoff(avc);
+ 	if (avc_start_pgoff(avc) <= avc_start_pgoff(other)) {
+ 		link = &other->rb.rb_left;
+ 	} else {
+ 		link = &other->rb.rb_right;
+ 		leftmost = false;
+ 	}
+ }
+ avc->rb_subtree_last = avc_last_pgoff(avc);
+ rb_link_node(&avc->rb, above, link);
+ rb_insert_augmented_cached(&avc->rb, root, leftmost,
+ 			   &__anon_rmap_tree_augment);
)
