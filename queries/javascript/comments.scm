; Comments, which may silence a finding.

; // text, /* text */
(comment) @comment
