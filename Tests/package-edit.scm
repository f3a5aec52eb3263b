; What Tests/package has GIMP do: a move of a square, from one file to another.
(define (package-edit)
  (let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "/root/test/photo.png" "photo.png")))
         (layer (car (gimp-image-get-active-layer image))))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 20 20 40 40)
    (plug-in-dragon-move RUN-NONINTERACTIVE image layer "a square" 30 10 1 "" 1 2 0 "")
    (file-png-save RUN-NONINTERACTIVE image (car (gimp-image-flatten image)) "/root/test/moved.png" "moved.png"
      FALSE 9 FALSE FALSE FALSE FALSE FALSE)
    (gimp-image-delete image)))
