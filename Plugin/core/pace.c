#include "pace.h"

#include <math.h>

// Before, estimates are guesses from the first steps, which are not like the others.
static const double LEAST_FRACTION = 0.1;
// In this many seconds most of a new estimate has come through.
static const double SETTLING_SECONDS = 8;

double pace_left(Pace *pace, double fraction, double seconds_left, double now) {
    if (fraction < LEAST_FRACTION || !(seconds_left >= 0))
        return -1;
    if (pace->shown <= 0) {
        pace->shown = seconds_left;
    } else {
        double passed = fmax(0, now - pace->time), expected = fmax(0, pace->shown - passed);
        double share = 1 - exp(-passed / SETTLING_SECONDS);
        pace->shown = expected + share * (seconds_left - expected);
    }
    pace->time = now;
    return pace->shown;
}
