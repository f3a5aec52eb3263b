/// The time that is left of a run, as it is shown: not before it can be known, and without jumps.
#ifndef PLUGIN_PACE_H
#define PLUGIN_PACE_H

/// Begins with zeros.
typedef struct Pace {
    /// What was shown last, and when; 0 seconds while nothing was.
    double shown;
    double time;
} Pace;

/// Seconds left to show; negative for none.
///
/// - fraction: of the run that is done.
/// - seconds_left: as the engine estimates it; negative while it can not.
/// - now: in seconds, from any beginning.
double pace_left(Pace *pace, double fraction, double seconds_left, double now);

#endif
