; Two edits of a photo in GIMP without a display: what Install/demo runs. It defines (dragon-demo PHOTO FOLDER).
; Every step says what it is about to do on a line that starts with "demo:".

(define (demo-say . words) (gimp-message (string-append "demo: " (apply string-append words))))

(define (demo-save image path)
  (let* ((copy (car (gimp-image-duplicate image)))
         (layer (car (gimp-image-flatten copy))))
    (file-png-save RUN-NONINTERACTIVE copy layer path path FALSE 9 FALSE FALSE FALSE FALSE FALSE)
    (gimp-image-delete copy)))

; The photo anew, at a size that shows everything.
(define (demo-load photo)
  (let ((image (car (gimp-file-load RUN-NONINTERACTIVE photo photo))))
    (gimp-image-scale image 1280 800)
    image))

(define (demo-layer image) (car (gimp-image-get-active-layer image)))

; The ladybird is the selection; its way follows the prompt, then size, model, seed, steps, strength and other options: all the model's.
(define (demo-move photo folder)
  (let ((image (demo-load photo)))
    (demo-save image (string-append folder "/before.png"))
    (demo-say "Move Object: the ladybird up its stem")
    (gimp-image-select-polygon image CHANNEL-OP-REPLACE 48
      '#(839 418 846 400 855 380 870 363 890 354 915 357 936 367 952 384 962 410 961 419 945 424 956 431
        953 443 930 453 912 458 908 486 898 490 893 467 887 484 877 484 870 460 860 446 850 436 836 426))
    (plug-in-dragon-move RUN-NONINTERACTIVE image (demo-layer image) "a ladybird on a stem" -190 -76 1 "" 1 0 0 "")
    (demo-save image (string-append folder "/moved.png"))
    (gimp-image-delete image)))

; The path's one stroke is the arrow: no points follow the prompt. Without a selection, what lies around the arrow may change.
(define (demo-drag photo folder)
  (let* ((image (demo-load photo))
         (path (car (gimp-vectors-new image "arrow"))))
    (demo-say "Drag Content: the bud down")
    (gimp-image-insert-vectors image path 0 0)
    (gimp-vectors-stroke-new-from-points path VECTORS-STROKE-TYPE-BEZIER 12
      #(1068 305 1068 305 1068 305 1040 345 1040 345 1040 345) FALSE)
    (plug-in-dragon-drag RUN-NONINTERACTIVE image (demo-layer image) "a bud" 0 #() "" 1 0 0 "")
    (demo-save image (string-append folder "/dragged.png"))
    (gimp-image-delete image)))

; Before and after side by side, with a word under each.
(define (demo-sheet folder)
  (let* ((names '("before" "moved" "dragged"))
         (width 640) (height 400) (margin 8) (line 32)
         (sheet (car (gimp-image-new (+ margin (* 3 (+ width margin))) (+ height line (* 2 margin)) RGB)))
         (paper (car (gimp-layer-new sheet (car (gimp-image-width sheet)) (car (gimp-image-height sheet)) RGB-IMAGE "paper" 100
                       LAYER-MODE-NORMAL)))
         (x margin))
    (gimp-image-insert-layer sheet paper 0 -1)
    (gimp-drawable-fill paper FILL-WHITE)
    (gimp-context-set-foreground '(0 0 0))
    (for-each
      (lambda (name)
        (let ((layer (car (gimp-file-load-layer RUN-NONINTERACTIVE sheet (string-append folder "/" name ".png")))))
          (gimp-image-insert-layer sheet layer 0 -1)
          (gimp-layer-scale layer width height FALSE)
          (gimp-layer-set-offsets layer x margin)
          (gimp-text-fontname sheet -1 x (+ height margin) name 0 TRUE 20 PIXELS "Sans")
          (set! x (+ x width margin))))
      names)
    (demo-save sheet (string-append folder "/contact-sheet.png"))
    (gimp-image-delete sheet)))

(define (dragon-demo photo folder)
  (demo-move photo folder)
  (demo-drag photo folder)
  (demo-say "putting the pictures side by side")
  (demo-sheet folder)
  (demo-say "done"))
