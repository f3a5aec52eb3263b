; The dialog, called while `dialog` works mouse and keys. One line a stage goes into the report, which it waits for.
(define image (car (make-image RGB PRECISION-U8-GAMMA RGB-IMAGE 160 128 0 0)))
(define source (car (gimp-image-get-active-layer image)))
(define (layers) (car (gimp-image-get-layers image)))
(define (open-dialog) (message-of (lambda () (plug-in-dragon-move RUN-INTERACTIVE image source "" 0 0 0 "" 0 0 0 ""))))
; Waits for a change that the driver makes.
(define (wait-for what) (let loop ((left 100)) (cond ((what) #t) ((= left 0) #f) (else (usleep 200000) (loop (- left 1))))))

; Last values that the dialog begins with: steps enough that an edit can be cancelled.
(let ((other (make-image RGB PRECISION-U8-GAMMA RGB-IMAGE 160 128 0 0)))
  (plug-in-dragon-move RUN-NONINTERACTIVE (car other) (cadr other) "" 24 8 0 model 3 60 0 "")
  (gimp-image-delete (car other)))

; A palette, so that the one undo step must also bring it back; a path, so that there is something to run.
(gimp-image-convert-indexed image CONVERT-DITHER-NONE CONVERT-PALETTE-GENERATE 64 FALSE FALSE "")
(define path (car (gimp-vectors-new image "path")))
(gimp-image-insert-vectors image path 0 -1)
(gimp-vectors-stroke-new-from-points path VECTORS-STROKE-TYPE-BEZIER 12 (list->vector '(50 50 50 50 50 50 74 58 74 58 74 58)) FALSE)
(gimp-display-new image)

(open-dialog)
(check "closing inserts nothing" (= 1 (layers)))
(say "stage closed")
(open-dialog)
(check "inserting gives one layer, whatever the number of runs" (= 2 (layers)))
(check "the palette is gone" (= RGB (car (gimp-image-base-type image))))
(define inserted (vector-ref (cadr (gimp-image-get-layers image)) 0))
(let* ((layer inserted))
  (check "the layer is painted on, not its mask" (= FALSE (car (gimp-layer-get-edit-mask layer))))
  (check "the layer is named" (string=? "Move Object" (car (gimp-item-get-name layer))))
  (check "the path gave the displacement" (contains (caddr (car (gimp-item-get-parasite layer "dragon-edit"))) "displacement=24,8")))
(say "stage inserted")
(check "one undo takes the layer away" (wait-for (lambda () (= 1 (layers)))))
(check "the same undo brings the palette back" (= INDEXED (car (gimp-image-base-type image))))
(say "stage undone")
(check "redoing brings the layer again" (wait-for (lambda () (= 2 (layers)))))
(check "with its mask" (> (car (gimp-layer-get-mask inserted)) 0))
(check "it is still painted on" (= FALSE (car (gimp-layer-get-edit-mask inserted))))
(finish)
