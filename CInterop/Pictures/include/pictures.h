/// Picture files to and from pixels.
#ifndef DRAGON_PICTURES_H
#define DRAGON_PICTURES_H
#endif
