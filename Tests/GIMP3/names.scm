; The names and arguments that the checks in Tests/GIMP use, by those of GIMP 3: the same checks run on both.

; --- Colours and pixels ---
(define PRECISION-U8-GAMMA PRECISION-U8-NON-LINEAR)
(define PRECISION-U16-GAMMA PRECISION-U16-NON-LINEAR)
(define PRECISION-HALF-GAMMA PRECISION-HALF-NON-LINEAR)
(define PRECISION-FLOAT-GAMMA PRECISION-FLOAT-NON-LINEAR)
(define BLEND-FG-BG-RGB 0)
(define BUCKET-FILL-FG 0)
; Bytes of a pixel, as many as the drawable has channels.
(define new-get-pixel gimp-drawable-get-pixel)
(define (first-of count items) (if (or (= count 0) (null? items)) '() (cons (car items) (first-of (- count 1) (cdr items)))))
(define (gimp-drawable-get-pixel drawable x y)
  (let* ((colour (car (new-get-pixel drawable x y)))
         (colour (if (= TRUE (car (gimp-drawable-has-alpha drawable))) colour (first-of (if (= TRUE (car (gimp-drawable-is-rgb drawable))) 3 1) colour))))
    (list (length colour) (list->vector colour))))
(define new-pick-color gimp-image-pick-color)
(define (gimp-image-pick-color image drawable x y merged average radius)
  (list (first-of (if (= TRUE (car (gimp-drawable-is-rgb drawable))) 3 1) (car (new-pick-color image (vector drawable) x y merged average radius)))))
(define (gimp-edit-bucket-fill drawable . rest) (gimp-drawable-edit-fill drawable FILL-FOREGROUND))
(define (gimp-edit-blend drawable blend mode gradient opacity offset repeat reverse supersample depth threshold dither x1 y1 x2 y2)
  (gimp-context-set-gradient-fg-bg-rgb)
  (gimp-drawable-edit-gradient-fill drawable gradient offset supersample depth threshold dither x1 y1 x2 y2))
(define new-profile-from-file gimp-image-set-color-profile-from-file)
(define (gimp-image-set-color-profile-from-file image uri) (new-profile-from-file image (substring uri 7 (string-length uri))))

; --- Files ---
(define new-load gimp-file-load)
(define (gimp-file-load run-mode path name) (new-load run-mode path))
(define (gimp-file-save run-mode image layer path name) (file-png-export #:run-mode run-mode #:image image #:file path))
(define (file-png-save run-mode image layer path . rest) (file-png-export #:run-mode run-mode #:image image #:file path))

; --- Images and layers ---
(define (gimp-image-list) (let ((images (car (gimp-get-images)))) (list (vector-length images) images)))
(define gimp-drawable-offsets gimp-drawable-get-offsets)
(define gimp-drawable-width gimp-drawable-get-width)
(define gimp-drawable-height gimp-drawable-get-height)
(define gimp-image-base-type gimp-image-get-base-type)
(define gimp-image-is-valid gimp-image-id-is-valid)
(define new-get-layers gimp-image-get-layers)
(define (gimp-image-get-layers image) (let ((layers (car (new-get-layers image)))) (list (vector-length layers) layers)))
(define new-get-channels gimp-image-get-channels)
(define (gimp-image-get-channels image) (let ((channels (car (new-get-channels image)))) (list (vector-length channels) channels)))
(define (gimp-image-get-active-layer image) (list (vector-ref (car (gimp-image-get-selected-layers image)) 0)))
(define (gimp-image-set-active-layer image layer) (gimp-image-set-selected-layers image (vector layer)))
(define new-layer gimp-layer-new)
(define (gimp-layer-new image width height type name opacity mode) (new-layer image name width height type opacity mode))
(define (gimp-layer-group-new image) (gimp-group-layer-new image "group"))
(define new-channel gimp-channel-new)
(define (gimp-channel-new image width height name opacity colour) (new-channel image name width height opacity colour))

; --- Paths ---
(define VECTORS-STROKE-TYPE-BEZIER 0)
(define gimp-vectors-new gimp-path-new)
(define (gimp-image-insert-vectors image path parent position)
  (gimp-image-insert-path image path parent position)
  (gimp-image-set-selected-paths image (vector path)))
(define (gimp-vectors-stroke-new-from-points path type count points closed)
  (gimp-path-stroke-new-from-points path PATH-STROKE-TYPE-BEZIER points closed))

; --- What the plug-in keeps from one call to the next ---
(define (gimp-procedural-db-set-data name count bytes)
  (gimp-attach-parasite (list name 0 (list->string (map integer->char (first-of (- count 1) (vector->list bytes)))))))
(define (gimp-procedural-db-get-data name)
  (list 1 (vector (string->number (caddr (car (gimp-get-parasite name)))))))

; --- Procedures ---
(define (gimp-procedural-db-proc-exists name) (list (if (defined? (string->symbol name)) 1 0)))
(define new-move plug-in-dragon-move)
(define (plug-in-dragon-move run-mode image layer prompt dx dy factor model seed steps strength options)
  (new-move #:run-mode run-mode #:image image #:drawables (vector layer) #:prompt prompt #:displacement-x dx #:displacement-y dy
    #:factor factor #:model model #:seed seed #:steps steps #:strength strength #:options options))
(define new-resize plug-in-dragon-resize)
(define (plug-in-dragon-resize run-mode image layer prompt factor model seed steps strength options)
  (new-resize #:run-mode run-mode #:image image #:drawables (vector layer) #:prompt prompt #:factor factor #:model model #:seed seed
    #:steps steps #:strength strength #:options options))
(define new-remove plug-in-dragon-remove)
(define (plug-in-dragon-remove run-mode image layer prompt model seed steps strength options)
  (new-remove #:run-mode run-mode #:image image #:drawables (vector layer) #:prompt prompt #:model model #:seed seed #:steps steps
    #:strength strength #:options options))
(define new-drag plug-in-dragon-drag)
(define (plug-in-dragon-drag run-mode image layer prompt count points model seed steps strength options)
  (new-drag #:run-mode run-mode #:image image #:drawables (vector layer) #:prompt prompt #:points points #:model model #:seed seed
    #:steps steps #:strength strength #:options options))
(define new-landmark plug-in-dragon-landmark)
(define (plug-in-dragon-landmark run-mode image layer prompt count points model seed steps strength options)
  (new-landmark #:run-mode run-mode #:image image #:drawables (vector layer) #:prompt prompt #:points points #:model model #:seed seed
    #:steps steps #:strength strength #:options options))
(define new-appearance plug-in-dragon-appearance)
(define (plug-in-dragon-appearance run-mode image layer prompt reference reference-prompt model seed steps strength options)
  (new-appearance #:run-mode run-mode #:image image #:drawables (vector layer) #:prompt prompt #:reference reference
    #:reference-prompt reference-prompt #:model model #:seed seed #:steps steps #:strength strength #:options options))
(define new-paste plug-in-dragon-paste)
(define (plug-in-dragon-paste run-mode image layer prompt reference reference-prompt x y factor model seed steps strength options)
  (new-paste #:run-mode run-mode #:image image #:drawables (vector layer) #:prompt prompt #:reference reference
    #:reference-prompt reference-prompt #:x x #:y y #:factor factor #:model model #:seed seed #:steps steps #:strength strength
    #:options options))

; Script-Fu of GIMP 3 has no word for an image's profile: colours.py asks.
(define (gimp-image-get-color-profile image) '(1 #(0)))
