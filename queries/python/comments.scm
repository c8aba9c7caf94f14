; Comments, which may silence a finding.

; # text
(comment) @comment
