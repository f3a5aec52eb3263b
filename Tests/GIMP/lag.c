// lag X Y STEP LEFT TOP SIDE: with a button held at (X, Y) of the screen, moves the pointer to the right by STEP again and again, and
// prints the milliseconds until the square at (LEFT, TOP) looks otherwise.
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static unsigned long look(Display *display, int left, int top, unsigned side) {
    XImage *image = XGetImage(display, DefaultRootWindow(display), left, top, side, side, AllPlanes, ZPixmap);
    unsigned long sum = 0;
    for (int i = 0; image && i < image->bytes_per_line * image->height; i++)
        sum = sum * 31 + (unsigned char)image->data[i];
    if (image)
        XDestroyImage(image);
    return sum;
}

int main(int count, char **arguments) {
    enum { MOVES = 15, PATIENCE = 3000 };
    Display *display = XOpenDisplay(NULL);
    if (count != 7 || !display)
        return 1;
    int values[6];
    for (int i = 0; i < 6; i++)
        values[i] = atoi(arguments[i + 1]);
    for (int i = 1; i <= MOVES; i++) {
        unsigned long before = look(display, values[3], values[4], (unsigned)values[5]);
        double start = now();
        XWarpPointer(display, None, DefaultRootWindow(display), 0, 0, 0, 0, values[0] + i * values[2], values[1]);
        XSync(display, False);
        while (look(display, values[3], values[4], (unsigned)values[5]) == before && now() - start < PATIENCE)
            usleep(1000);
        printf("%.0f\n", now() - start);
        // Time enough for the sharper preview, so that each move begins from rest.
        usleep(600000);
    }
    XCloseDisplay(display);
    return 0;
}
