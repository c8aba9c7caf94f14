; Comments, which JSON itself has none of.

(comment) @comment
