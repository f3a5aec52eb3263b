/// What an edit still needs before it can run, and how that is said.
#ifndef PLUGIN_MISSING_H
#define PLUGIN_MISSING_H

typedef enum Missing {
    MISSING_NOTHING,
    MISSING_OBJECT,
    MISSING_FIRM_OBJECT,
    MISSING_DISPLACEMENT,
    MISSING_FACTOR,
    MISSING_ARROWS,
    MISSING_REFERENCE,
    MISSING_REFERENCE_OBJECT,
    MISSING_COUNT
} Missing;

/// What to do about it in the dialog; NULL for nothing.
const char *missing_hint(Missing missing);

/// What a call without a dialog is told; NULL for nothing.
const char *missing_message(Missing missing);

#endif
