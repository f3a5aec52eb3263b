; What goes wrong while a dialog is open; `accidents` makes it happen.
(define (open image layer) (message-of (lambda () (plug-in-dragon-move RUN-INTERACTIVE image layer "" 0 0 0 "" 0 0 0 ""))))
; An image with a path along which to move, last values that take a while, and nothing to ask before it is closed.
(define (prepare steps)
  (let* ((made (make-image RGB PRECISION-U8-GAMMA RGB-IMAGE 160 128 0 0))
         (path (car (gimp-vectors-new (car made) "path")))
         (bytes (map char->integer (string->list (string-append "steps=" (number->string steps))))))
    (gimp-image-insert-vectors (car made) path 0 -1)
    (gimp-vectors-stroke-new-from-points path VECTORS-STROKE-TYPE-BEZIER 12 (list->vector '(50 50 50 50 50 50 74 58 74 58 74 58)) FALSE)
    (gimp-procedural-db-set-data "plug-in-dragon-move" (+ 1 (length bytes)) (list->vector (append bytes '(0))))
    (gimp-display-new (car made))
    (gimp-image-clean-all (car made))
    made))

; The image is closed before the result is inserted. Another one stays open: GIMP 3 keeps the display of the last one, empty.
(gimp-display-new (car (make-image RGB PRECISION-U8-GAMMA RGB-IMAGE 160 128 0 0)))
(define made (prepare 2))
(say "stage closing")
(let ((message (open (car made) (cadr made))))
  (check (string-append "a closed image: " (if message message "no message")) (contains message "closed in the meantime")))
(check "the image is gone" (= 0 (car (gimp-image-is-valid (car made)))))

; The plug-in ends in the middle of a run, after the image was changed in a step that can be undone.
(define made (prepare 900))
(define layer (cadr made))
(define (pixel) (pixels layer 50 50))
(define original (pixel))
(gimp-drawable-invert layer FALSE)
(define inverted (pixel))
(say "stage ending")
(open (car made) layer)
(check "the layers are the same" (and (= 1 (car (gimp-image-get-layers (car made)))) (= layer (vector-ref (cadr (gimp-image-get-layers (car made))) 0))))
(check "the pixels are the same" (equal? inverted (pixel)))
(check "the last step is still to undo" (not (equal? original inverted)))
(say "stage undoing")
(check "the last step is undone" (comes-true (lambda () (equal? original (pixel)))))
(gimp-image-clean-all (car made))

; GIMP ends in the middle of a run.
(finish)
(open (car made) layer)
