; Comments, which may silence a finding.

; // text, /* text */
[(line_comment) (block_comment)] @comment
