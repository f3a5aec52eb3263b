; Every edit on every kind of image and layer: the new layer's place, mask, name, text; the source untouched.

; Another image, whose middle is selected: the reference.
(define other (make-image RGB PRECISION-U8-GAMMA RGB-IMAGE 160 128 0 0))
(gimp-image-select-rectangle (car other) CHANNEL-OP-REPLACE 20 20 40 40)
(define reference (cadr other))

; The edits: their key and name, how they are called, a place that they must change.
(define edits (list
  (list "move" "Move Object" (lambda (image source) (move image source 24 8 "")) '(80 64))
  (list "resize" "Resize Object"
    (lambda (image source) (car (plug-in-dragon-resize RUN-NONINTERACTIVE image source "" 1.5 model 7 2 0 ""))) '(56 56))
  (list "drag" "Drag Content"
    (lambda (image source) (car (plug-in-dragon-drag RUN-NONINTERACTIVE image source "" 4 #(56 56 62 60) model 7 2 0 ""))) '(62 60))
  (list "landmark" "Match Landmarks"
    (lambda (image source) (car (plug-in-dragon-landmark RUN-NONINTERACTIVE image source "" 4 #(56 56 62 60) model 7 2 0 ""))) '(62 60))
  (list "appearance" "Replace Appearance"
    (lambda (image source) (car (plug-in-dragon-appearance RUN-NONINTERACTIVE image source "" reference "" model 7 2 0 ""))) '(56 56))
  (list "paste" "Paste Object"
    (lambda (image source) (car (plug-in-dragon-paste RUN-NONINTERACTIVE image source "" reference "" 80 64 0 model 7 2 0 ""))) '(80 64))
  (list "remove" "Remove Object"
    (lambda (image source) (car (plug-in-dragon-remove RUN-NONINTERACTIVE image source "" model 7 2 0 ""))) '(56 56))))

(define (source-pixels image source)
  (let ((x (car (gimp-drawable-offsets source))) (y (cadr (gimp-drawable-offsets source))))
    (map (lambda (place) (pixels source (- (car place) x) (- (cadr place) y))) '((30 30) (56 56) (80 64) (100 100)))))

(define (check-result name edit image source layer before)
  (let* ((mask (car (gimp-layer-get-mask layer)))
         (x (car (gimp-drawable-offsets layer)))
         (y (cadr (gimp-drawable-offsets layer)))
         (width (car (gimp-drawable-width layer)))
         (height (car (gimp-drawable-height layer)))
         (source-x (car (gimp-drawable-offsets source)))
         (source-y (cadr (gimp-drawable-offsets source)))
         (place (cadddr edit))
         (text (caddr (car (gimp-item-get-parasite layer "dragon-edit")))))
    (check (string-append name ": is named after the edit") (contains (car (gimp-item-get-name layer)) (cadr edit)))
    (check (string-append name ": has a mask") (> mask 0))
    (check (string-append name ": keeps its parameters") (and (contains text (string-append "mode=" (car edit))) (contains text "seed=7")))
    (check (string-append name ": lies above its source")
           (= (+ 1 (car (gimp-image-get-item-position image layer))) (car (gimp-image-get-item-position image source))))
    (check (string-append name ": is in its source's group") (= (car (gimp-item-get-parent layer)) (car (gimp-item-get-parent source))))
    (check (string-append name ": lies within its source")
           (and (>= x source-x) (>= y source-y) (<= (+ x width) (+ source-x (car (gimp-drawable-width source))))
                (<= (+ y height) (+ source-y (car (gimp-drawable-height source))))))
    (check (string-append name ": changes its place") (> (mask-value image mask (car place) (cadr place)) 200))
    (check (string-append name ": the source is as it was") (equal? before (source-pixels image source)))))

; What moves takes its own pixels with it.
(define (check-carried name image source layer)
  (let ((colour (lambda (drawable x y) (car (gimp-image-pick-color image drawable x y FALSE FALSE 0)))))
    (check (string-append name ": the object keeps its colours") (near? (colour source 56 56) (colour layer 80 64) 1))))

(define (try-edit name edit image source)
  (let* ((before (source-pixels image source)) (layer ((caddr edit) image source)))
    (check-result name edit image source layer before)
    (if (string=? (car edit) "move")
        (begin (check-carried name image source layer)
               (check (string-append name ": its box is around both places")
                      (let ((x (car (gimp-drawable-offsets layer))) (width (car (gimp-drawable-width layer))))
                        (and (<= x 40) (>= (+ x width) 96) (< width 160))))))
    (gimp-image-remove-layer image layer)))
; All edits on one image after the other, which is made anew for each.
(define (try-kind name maker)
  (for-each (lambda (edit)
    (let* ((made (maker)) (image (car made)))
      (try-edit (string-append name ", " (car edit)) edit image (cadr made))
      (gimp-image-delete image))) edits))
(define (try-layer name type precision layer-type width height x y)
  (try-kind name (lambda () (make-image type precision layer-type width height x y))))

(try-layer "RGB 8" RGB PRECISION-U8-GAMMA RGB-IMAGE 160 128 0 0)
(try-layer "RGB 16" RGB PRECISION-U16-GAMMA RGB-IMAGE 160 128 0 0)
(try-layer "RGB float linear" RGB PRECISION-FLOAT-LINEAR RGB-IMAGE 160 128 0 0)
(try-layer "RGBA float perceptual" RGB PRECISION-FLOAT-GAMMA RGBA-IMAGE 160 128 0 0)
(try-layer "RGB half" RGB PRECISION-HALF-GAMMA RGBA-IMAGE 160 128 0 0)
(try-layer "RGB 32 integer" RGB PRECISION-U32-LINEAR RGB-IMAGE 160 128 0 0)
(try-layer "RGB 8 linear" RGB PRECISION-U8-LINEAR RGB-IMAGE 160 128 0 0)
(try-layer "grey" GRAY PRECISION-U8-GAMMA GRAY-IMAGE 160 128 0 0)
(try-layer "grey 16 linear with alpha" GRAY PRECISION-U16-LINEAR GRAYA-IMAGE 160 128 0 0)
(try-layer "offset" RGB PRECISION-U8-GAMMA RGBA-IMAGE 120 100 20 16)
(try-layer "larger than the image" RGB PRECISION-U8-GAMMA RGB-IMAGE 240 200 -30 -20)
(try-kind "group" (lambda ()
  (let* ((made (make-image RGB PRECISION-U8-GAMMA RGBA-IMAGE 160 128 0 0)) (image (car made))
         (group (car (gimp-layer-group-new image))))
    (gimp-image-insert-layer image group 0 -1)
    (gimp-image-reorder-item image (cadr made) group 0)
    made)))
(try-kind "selection partly outside" (lambda ()
  (let ((made (make-image RGB PRECISION-U8-GAMMA RGBA-IMAGE 120 100 20 16)))
    (gimp-image-select-rectangle (car made) CHANNEL-OP-ADD -40 40 110 32)
    made)))

; A palette cannot hold the result.
(for-each (lambda (edit)
  (let* ((made (make-image RGB PRECISION-U8-GAMMA RGB-IMAGE 160 128 0 0)) (image (car made)) (source (cadr made)))
    (gimp-image-convert-indexed image CONVERT-DITHER-NONE CONVERT-PALETTE-GENERATE 64 FALSE FALSE "")
    ((caddr edit) image source)
    (check (string-append "indexed, " (car edit) ": becomes RGB") (= RGB (car (gimp-image-base-type image))))
    (check (string-append "indexed, " (car edit) ": has the new layer") (= 2 (car (gimp-image-get-layers image))))
    (gimp-image-delete image))) edits)

; Without a selection there is no object; a region is found, and the others need none.
(for-each (lambda (edit)
  (let* ((made (make-image RGB PRECISION-U8-GAMMA RGB-IMAGE 160 128 0 0)) (image (car made)) (source (cadr made)))
    (gimp-selection-none image)
    (if (member (car edit) '("move" "resize" "appearance" "remove"))
        (check-fails (string-append "no selection, " (car edit)) (lambda () ((caddr edit) image source)) "No object")
        (check-result (string-append "no selection, " (car edit)) edit image source ((caddr edit) image source) (source-pixels image source)))
    (gimp-image-delete image))) edits)

; Where nothing changes the edited picture is the picture.
(let* ((made (make-image RGB PRECISION-FLOAT-LINEAR RGB-IMAGE 160 128 0 0)) (image (car made))
       (far (visible image 4 4)))
  (move image (cadr made) 24 8 "")
  (check "float: the composite far from the edit is the source" (equal? far (visible image 4 4)))
  (gimp-image-delete image))

; An object cut out of its layer leaves a hole that no layer above could make: an edited copy stands for the source.
(let* ((made (make-image RGB PRECISION-U8-GAMMA RGBA-IMAGE 120 100 20 16)) (image (car made)) (source (cadr made)))
  (gimp-selection-invert image)
  (gimp-drawable-edit-clear source)
  (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 40 40 32 32)
  (let* ((before (source-pixels image source)) (layer (move image source 44 0 "")))
    (define (alpha x y) (list-ref (pixels layer (- x 20) (- y 16)) 3))
    (check "cut-out: the source is hidden" (= FALSE (car (gimp-item-get-visible source))))
    (check "cut-out: the source is as it was" (equal? before (source-pixels image source)))
    (check "cut-out: the copy lies above" (= 0 (car (gimp-image-get-item-position image layer))))
    (check "cut-out: is as large as the source" (= 120 (car (gimp-drawable-width layer))))
    (check "cut-out: has the source's offsets" (= 20 (car (gimp-drawable-offsets layer))))
    (check "cut-out: the old place is empty" (= 0 (alpha 50 56)))
    (check "cut-out: the object arrives" (= 255 (alpha 100 56)))
    (check "cut-out: elsewhere stays empty" (= 0 (alpha 30 100))))
  (gimp-image-delete image))

; The path is the displacement; options and the mask of a layer work.
(let* ((made (make-image RGB PRECISION-U8-GAMMA RGB-IMAGE 160 128 0 0)) (image (car made)) (source (cadr made))
       (path (car (gimp-vectors-new image "path"))))
  (gimp-image-insert-vectors image path 0 -1)
  (gimp-vectors-stroke-new-from-points path VECTORS-STROKE-TYPE-BEZIER 12 (list->vector '(50 50 50 50 50 50 74 58 74 58 74 58)) FALSE)
  (let* ((before (source-pixels image source)) (layer (move image source 0 0 "")))
    (check-result "path" (car edits) image source layer before)
    (check "path: is the displacement" (contains (caddr (car (gimp-item-get-parasite layer "dragon-edit"))) "displacement=24,8")))
  (let ((layer (move image source 24 8 "plate=off; algorithm=diffeditor; grow=2; side=64")))
    (check "options are kept" (contains (caddr (car (gimp-item-get-parasite layer "dragon-edit"))) "plate=0")))
  (gimp-image-delete image))
(gimp-image-delete (car other))
(finish)
