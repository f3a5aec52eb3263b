/// The engine's C interface: edits of photos with a Stable Diffusion model.
///
/// Conventions:
/// - A handle is opaque. NULL, a freed handle or any other value that is none answers DRAGON_INVALID_HANDLE; it never
///   crashes.
/// - A struct starts with its size: set it to sizeof, and 0 in every field not used. Later versions only append fields:
///   an older client's shorter struct is taken as it is, a newer client's longer one where what this library does not
///   know is 0. Any other size answers DRAGON_WRONG_VERSION.
/// - A function that can fail returns a status. Its one-line message, which says what to do, is asked of the handle;
///   by the thread that made the call; of a failed call without a handle, dragon_status_text tells the kind.
/// - Any thread may call any function. A model runs one edit at a time: a second answers DRAGON_BUSY at once.
/// - Text is UTF-8. A function that gives text copies it into the caller's buffer, cuts it at a character's border,
///   ends it with a zero, and returns the bytes that the whole text needs without that zero, as snprintf does.
/// - Pixels are non-linear sRGB ("R'G'B'"), rows from the top, alpha not premultiplied.
#ifndef DRAGON_H
#define DRAGON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Changes only when something that was promised no longer holds.
#define DRAGON_ABI_VERSION 1u

// --- Limits ----------------------------------------------------------------------------------------------------------

/// Columns and rows of a picture, each, and its pixels in all; those of a preview's picture.
#define DRAGON_MOST_PICTURE_SIDE 100000
#define DRAGON_MOST_PICTURE_PIXELS 536870912
#define DRAGON_MOST_PREVIEW_PIXELS 16000000
/// Handles of a drag; pixels that an object may be shifted by, either way; factors of its size.
#define DRAGON_MOST_POINTS 1000
#define DRAGON_MOST_DISPLACEMENT 100000
#define DRAGON_LEAST_RESIZE 0.05
#define DRAGON_MOST_RESIZE 20
/// Steps of the sampler; classifier-free guidance scale; factor of the energies' gradients; an energy's weight; η of
/// DiffEditor's noise.
#define DRAGON_MOST_STEPS 1000
#define DRAGON_MOST_GUIDANCE_SCALE 100
#define DRAGON_MOST_ENERGY_SCALE 1000000
#define DRAGON_MOST_WEIGHT 1000
#define DRAGON_MOST_SDE_STRENGTH 1
#define DRAGON_MOST_IMAGE_SCALE 10
/// Side of the window that the network works on, in pixels: a multiple of the one, up to the other.
#define DRAGON_SIDE_MULTIPLE 64
#define DRAGON_MOST_SIDE 4096
/// Pixels that a change reaches around what is emptied (grow), of the ramp beyond (feather), and of a carried object's
/// own edge (soften).
#define DRAGON_MOST_MARGIN 1000
/// Threads of a model.
#define DRAGON_MOST_THREADS 1024
/// Frames of an animation.
#define DRAGON_MOST_FRAMES 10000
/// LoRAs of a model.
#define DRAGON_MOST_LORAS 64

// --- Types -----------------------------------------------------------------------------------------------------------

/// How a call ended.
typedef int32_t dragon_status;
enum {
    DRAGON_OK = 0,
    /// The request cannot be met; the message says which part and what to choose instead.
    DRAGON_BAD_INPUT = 1,
    /// The model's files are missing, damaged or of a kind that is not supported.
    DRAGON_BAD_MODEL = 2,
    /// The machine lacks what the call needs: memory, space on the disk, rights, a connection.
    DRAGON_LACKING = 3,
    /// Cancelled by the callback or by dragon_model_cancel.
    DRAGON_CANCELLED = 4,
    /// The model runs another edit.
    DRAGON_BUSY = 5,
    DRAGON_INVALID_HANDLE = 6,
    /// A struct's size is not one that this library knows.
    DRAGON_WRONG_VERSION = 7,
};

/// A loaded model. One edit at a time.
typedef struct dragon_model dragon_model;
/// What an edit or a preview gave.
typedef struct dragon_result dragon_result;
/// The models that were found.
typedef struct dragon_model_list dragon_model_list;
/// A picture in which objects are found.
typedef struct dragon_selector dragon_selector;

/// What an edit does.
typedef int32_t dragon_mode;
enum {
    DRAGON_MOVE = 0,
    DRAGON_RESIZE = 1,
    DRAGON_DRAG = 2,
    DRAGON_LANDMARK = 3,
    DRAGON_APPEARANCE = 4,
    DRAGON_PASTE = 5,
    // Since version 0.2:
    DRAGON_REMOVE = 6,
};

/// How pixels lie in memory.
typedef int32_t dragon_pixel_format;
enum {
    /// Four bytes, 0 … 255.
    DRAGON_RGBA_U8 = 0,
    /// Four 16-bit words in the machine's order, 0 … 65535.
    DRAGON_RGBA_U16 = 1,
    /// Four floats, 0 … 1. Colours may lie beyond, to ±65504: outside sRGB's gamut, brighter than white. What an edit
    /// carries keeps them; the network sees them cut.
    DRAGON_RGBA_FLOAT = 2,
};

/// Which sampler runs.
typedef int32_t dragon_algorithm;
enum {
    /// DragonDiffusion, arXiv 2307.02421.
    DRAGON_ALGORITHM_DRAGON = 0,
    /// DiffEditor, arXiv 2402.02583.
    DRAGON_ALGORITHM_DIFFEDITOR = 1,
};

/// What an edit is at.
typedef int32_t dragon_phase;
enum {
    DRAGON_PHASE_ENCODE = 0,
    DRAGON_PHASE_INVERT = 1,
    DRAGON_PHASE_SAMPLE = 2,
    DRAGON_PHASE_DECODE = 3,
    DRAGON_PHASE_ASSEMBLE = 4,
    /// Of dragon_model_add: files copied or downloaded.
    DRAGON_PHASE_FETCH = 5,
    /// Of dragon_model_add: files checked.
    DRAGON_PHASE_CHECK = 6,
    /// Comes first: the old place is filled with texture, the picture's part brought to the network's grid.
    DRAGON_PHASE_FILL = 7,
    /// Of dragon_model_open_watched: weights mapped and checked.
    DRAGON_PHASE_LOAD = 8,
};

/// How much time a picture may take.
typedef int32_t dragon_preset;
enum {
    /// The steps that are given.
    DRAGON_PRESET_EXACT = 0,
    /// Two fifths of them; what is prepared goes part of the way to noise only, and work is left out that changes the picture least. A
    /// guidance_scale other than the model's holds at every step. A seventh of a published run's time.
    DRAGON_PRESET_FAST = 1,
    /// What is made is painted in within few steps, without inversion or guidance: a thirtieth of the time. For models
    /// whose dragon_model_info says instant_steps; else DRAGON_BAD_INPUT, with a message that says which to add.
    DRAGON_PRESET_INSTANT = 2,
};

/// What the network's products (linear layers, convolutions, attention and their pullbacks) round their operands to. Sums,
/// norms and all that is kept between layers are float32 in any case.
typedef int32_t dragon_precision;
enum {
    /// bfloat16 or whole numbers where this processor has instructions for them and was measured to be faster, float32
    /// elsewhere.
    DRAGON_PRECISION_AUTO = 0,
    DRAGON_PRECISION_FP32 = 1,
    DRAGON_PRECISION_BF16 = 2,
    /// Whole numbers of 12 bits, in units of a row's or a column's own; attention's pullback stays float32.
    DRAGON_PRECISION_INT16 = 3,
};

/// What an edit begins with whose picture is not prepared.
typedef int32_t dragon_start;
enum {
    DRAGON_START_OF_MODEL = 0,
    /// The inverted latent, rearranged as published.
    DRAGON_START_INVERTED = 1,
    /// What an object leaves begins as noise, which never attends to the object; a drag begins warped as a whole.
    DRAGON_START_ARRANGED = 2,
};

/// Whether the network works on a result whose own pixels were moved, filled and warped.
typedef int32_t dragon_network;
enum {
    /// Those pixels are all there is; not without use_plate.
    DRAGON_NETWORK_OFF = 0,
    DRAGON_NETWORK_ON = 1,
    /// As the model wants it; where a prompt, an image prompt or numbers that are not the model's tell the network what to
    /// make, or how, it works on the result.
    DRAGON_NETWORK_AUTO = 2,
};

/// What makes the content of the hole that an object leaves.
typedef int32_t dragon_fill;
enum {
    /// For each hole what agrees better with its surroundings; a model may say which of the two it is to be.
    DRAGON_FILL_AUTO = 0,
    /// Texture from around it. With a model for inpainting the network then has the contacts alone.
    DRAGON_FILL_TEXTURE = 1,
    /// The network, beginning with that texture.
    DRAGON_FILL_NETWORK = 2,
};

/// How a drag bends the object that it holds.
typedef int32_t dragon_bend;
enum {
    /// A thin part that is held near its end turns about where it begins; everything else bends.
    DRAGON_BEND_AUTO = 0,
    /// Everything bends.
    DRAGON_BEND_SOFT = 1,
    /// Nothing does: the object, or without one what mask marks, is shifted; by several handles turned and sized too.
    DRAGON_BEND_RIGID = 2,
};

/// The layers that a result is made of.
typedef int32_t dragon_part;
enum {
    /// The picture without the object that the edit laid: its old place filled, its shadow where it falls now.
    DRAGON_PART_GROUND = 0,
    /// That object alone: its pixels are its own colours, its mask how much of each pixel it covers.
    DRAGON_PART_OBJECT = 1,
};

/// A point or a shift, in pixels.
typedef struct dragon_point {
    double x;
    double y;
} dragon_point;

/// A picture in the caller's memory, read during the call only.
typedef struct dragon_picture {
    /// NULL where there is none.
    const void *pixels;
    /// Columns and rows, 1 … DRAGON_MOST_PICTURE_SIDE.
    int32_t width;
    int32_t height;
    /// Bytes from one row to the next; 0 means that rows follow each other without a gap.
    int64_t stride;
    dragon_pixel_format format;
} dragon_picture;

/// A mask in the caller's memory: one byte per pixel, how much of it belongs. The network takes a pixel as set from 128
/// on; what is laid, emptied, recoloured or warped follows soft edges.
typedef struct dragon_mask {
    /// NULL where there is none.
    const uint8_t *pixels;
    int32_t width;
    int32_t height;
    /// As the picture's.
    int64_t stride;
} dragon_mask;

/// The numbers that tune an edit. dragon_parameters_default gives a model's own. They do not depend on use_plate.
typedef struct dragon_parameters {
    size_t size;
    dragon_algorithm algorithm;
    /// Steps of the inversion and of the sampling, 1 … DRAGON_MOST_STEPS. The schedule of guidance and noise, which is
    /// the model's own, is stretched to them.
    int32_t steps;
    /// Classifier-free guidance scale, 0 … DRAGON_MOST_GUIDANCE_SCALE; 1 is none.
    float guidance_scale;
    /// Factor of the energies' gradients, 0 … DRAGON_MOST_ENERGY_SCALE: how strongly the edit is pulled.
    float energy_scale;
    /// Weights of the energies, 0 … DRAGON_MOST_WEIGHT (DragonDiffusion, equations 4 to 7).
    float edit_weight;
    float content_weight;
    float contrast_weight;
    float inpaint_weight;
    /// η of DiffEditor's regional noise, 0 … DRAGON_MOST_SDE_STRENGTH.
    float sde_strength;
    /// Where chance begins, in what is made anew: the same seed gives the same bits, another one another picture. 0 is
    /// the edit as published, to which "dragon" adds no chance.
    uint64_t seed;
    /// Side in pixels of the window that the network works on, a multiple of DRAGON_SIDE_MULTIPLE up to
    /// DRAGON_MOST_SIDE; 0 takes the model's.
    int32_t side;
    /// How far, in pixels, the change reaches beyond the mask, and how wide the ramp beyond that is; 0 …
    /// DRAGON_MOST_MARGIN.
    float grow;
    float feather;
    /// 1: the picture's own pixels are moved, filled and warped before the network works on them. 0: the network does
    /// all, as published.
    int32_t use_plate;
    /// Bytes of memory that an edit may take beyond the model; 0 takes what is free.
    uint64_t memory_limit;
    // Since version 0.2:
    /// The step that an edit of a picture starts from, below steps, 0 being pure noise. A negative number, or a struct
    /// that ends before this field, takes the model's, at its place of the schedule.
    int32_t first_step;
    /// Width in pixels of the ramp along a carried object's own edge, 0 … DRAGON_MOST_MARGIN; 0 leaves the mask's.
    float soften;
    /// A struct that ends before this field has DRAGON_NETWORK_ON.
    dragon_network use_network;
    /// With DRAGON_PRESET_INSTANT steps, first_step, guidance_scale, the energies' and the image prompt's numbers are not
    /// read.
    dragon_preset preset;
    /// Without use_plate: what sampling begins with.
    dragon_start start;
    /// How much of the image prompt is seen, up to DRAGON_MOST_IMAGE_SCALE; a negative number, or a struct that ends before
    /// this field, takes DiffEditor's.
    float image_prompt_scale;
    /// The steps that see it, from the first to before the end, counted in the model's own; both 0 are DiffEditor's.
    int32_t image_prompt_first;
    int32_t image_prompt_end;
    /// A struct that ends before this field has DRAGON_PRECISION_AUTO.
    dragon_precision precision;
    /// With use_plate and use_network: what holes are filled with.
    dragon_fill fill;
} dragon_parameters;

/// What a callback is told. Valid during the callback only.
typedef struct dragon_progress {
    size_t size;
    dragon_phase phase;
    /// Steps done of the phase, and all of them.
    int32_t step;
    int32_t total;
    /// Of the whole call, 0 … 1.
    double fraction;
    /// Estimated; negative while unknown.
    double seconds_left;
    /// The result as it stands, small, RGBA of 8 bits; pixels is NULL where there is none.
    dragon_picture preview;
} dragon_progress;

/// Told of progress on the thread that runs the call. Answer 0 to go on, anything else to cancel.
typedef int32_t (*dragon_progress_callback)(const dragon_progress *progress, void *user_data);

/// What to edit and how.
typedef struct dragon_request {
    size_t size;
    dragon_mode mode;
    dragon_picture picture;
    /// Of the picture's size. Move, resize, appearance: the object. Remove: the objects, in one part or many. Drag: where
    /// the picture may change; optional.
    /// Paste and landmark: none.
    dragon_mask mask;
    /// Move, remove: optional, what the old place should look like.
    dragon_mask inpaint_mask;
    /// Appearance, paste: the second picture, and its object, of its size.
    dragon_picture reference;
    dragon_mask reference_mask;
    /// Drag, landmark: as many handles as targets, up to DRAGON_MOST_POINTS, in pixels of the picture.
    /// Elsewhere unused.
    const dragon_point *handles;
    const dragon_point *targets;
    size_t point_count;
    /// Move, resize: of the object. Paste: from the reference's pixels to the picture's. Up to
    /// DRAGON_MOST_DISPLACEMENT.
    dragon_point displacement;
    /// Move, resize, paste: factor of the object's size about its box's middle, DRAGON_LEAST_RESIZE …
    /// DRAGON_MOST_RESIZE; 0 means 1.
    double resize;
    /// What the edited picture is to show, and what the reference shows; NULL means nothing said, and the same as the picture.
    const char *prompt;
    const char *reference_prompt;
    /// NULL takes the model's own.
    const dragon_parameters *parameters;
    dragon_progress_callback progress;
    void *user_data;
    // Since version 0.2:
    /// A picture that the edited one should resemble, for a model that was opened with an image_adapter; pixels is NULL
    /// where there is none.
    dragon_picture image_prompt;
    /// Move, resize, paste: turns the object about its box's middle. flip, where it is not 0, mirrors it, left for right;
    /// then it is rotated by degrees, clockwise.
    double rotate;
    int32_t flip;
    /// Drag, with use_plate: how what is held bends.
    dragon_bend bend;
    /// Drag, with use_plate: optional, the object that the handles hold, of the picture's size. It alone is warped; what lies
    /// behind it stays as it is, and is filled where the object leaves it.
    dragon_mask held;
    /// Move, resize, remove, with use_plate: optional, the shadow or reflection that the object casts, of the picture's size.
    /// Its old place is freed of it; with the object goes by how much it darkens the ground.
    dragon_mask shadow;
    /// What the picture shows as it is, where the edited one is to show something else; NULL is the same. A second edit that
    /// differs only in prompt goes on from the first one's inversion where this says the same.
    const char *source_prompt;
} dragon_request;

/// What a model is.
typedef struct dragon_model_info {
    size_t size;
    /// Side of the window that it works best on.
    int32_t side;
    int32_t latent_channels;
    /// Pixels in a cell of the latent.
    int32_t downsampling;
    /// Steps that it works best with.
    int32_t steps;
    uint64_t parameter_count;
    /// Bytes of weights.
    uint64_t weight_bytes;
    // Since version 0.2:
    /// Steps that DRAGON_PRESET_INSTANT takes; 0 where the model cannot.
    int32_t instant_steps;
    /// 1: a model for inpainting. Its edits paint in what is missing, whatever the preset; there are no energies.
    int32_t is_inpainting;
    /// Seconds that a move takes with each preset on a window of `side`, about, on this machine; 0 where the model cannot,
    /// or where that is not known.
    double exact_seconds;
    double fast_seconds;
    double instant_seconds;
} dragon_model_info;

/// What an item of a list is good for.
typedef int32_t dragon_model_kind;
enum {
    /// Nothing: dragon_model_list_problem says why.
    DRAGON_MODEL_UNUSABLE = 0,
    /// Edits of both papers.
    DRAGON_MODEL_BASE = 1,
    /// Painting in what is missing.
    DRAGON_MODEL_INPAINTING = 2,
    /// Edits of both papers, and pictures in few steps.
    DRAGON_MODEL_FEW_STEPS = 3,
    /// No model, but changes of one: for dragon_lora.
    DRAGON_MODEL_LORA = 4,
};

/// A LoRA: a file of low-rank changes to a model's weights.
typedef struct dragon_lora {
    /// A .safetensors file.
    const char *path;
    /// How much of it is taken: 1 is as trained; −10 … 10.
    double scale;
} dragon_lora;

/// What is added to a model, or taken instead of its own.
typedef struct dragon_model_options {
    size_t size;
    /// 1 … DRAGON_MOST_THREADS; 0 takes the machine's.
    int32_t threads;
    int32_t reserved;
    /// lora_count of them, up to DRAGON_MOST_LORAS.
    const dragon_lora *loras;
    size_t lora_count;
    /// Another autoencoder, a file or a folder; NULL takes the model's.
    const char *autoencoder;
    /// An IP-Adapter's file, with which image_prompt takes a picture; NULL is none.
    const char *image_adapter;
    /// The encoder of pictures that it goes with, a folder or a file; NULL looks beside it.
    const char *image_encoder;
    dragon_progress_callback progress;
    void *user_data;
} dragon_model_options;

/// What an edit will take.
typedef struct dragon_estimate {
    size_t size;
    /// Part of the picture that the network will see.
    int32_t box_x;
    int32_t box_y;
    int32_t box_width;
    int32_t box_height;
    /// Sides of the grid that it is scaled to.
    int32_t grid_width;
    int32_t grid_height;
    /// Bytes at the peak, the model's own among them.
    uint64_t memory;
} dragon_estimate;

/// Where a result lies.
typedef struct dragon_result_info {
    size_t size;
    /// Of the picture's pixels.
    int32_t x;
    int32_t y;
    int32_t width;
    int32_t height;
    // Since version 0.2:
    /// Pixels that were made anew, by the fill or the network. 0: all was carried, and another seed gives the same
    /// picture.
    uint64_t made_pixels;
} dragon_result_info;

/// Where an object is, roughly. At least one of outline, box and a point of `inside` is needed.
typedef struct dragon_hint {
    size_t size;
    /// Points on the object, and points beside it, up to DRAGON_MOST_POINTS each, in pixels of the picture.
    const dragon_point *inside;
    size_t inside_count;
    const dragon_point *outside;
    size_t outside_count;
    /// Drawn around the object by hand, of the picture's size; pixels is NULL where nothing was.
    dragon_mask outline;
    /// A box around it, in pixels of the picture; a width of 0 is no box.
    double box_x;
    double box_y;
    double box_width;
    double box_height;
} dragon_hint;

// --- The library -----------------------------------------------------------------------------------------------------

/// DRAGON_ABI_VERSION of the library.
uint32_t dragon_abi_version(void);
/// The library's version, such as "0.2.0". Never freed.
const char *dragon_version(void);
/// A status in a few words, such as "the model is busy". Never NULL, never freed.
const char *dragon_status_text(dragon_status status);

// --- Models ----------------------------------------------------------------------------------------------------------

/// The models on this machine: in the folders of the variable DRAGON_MODEL_PATH (separated by colons), the user's, the
/// system's, and the embedded one. The list is freed by dragon_model_list_free.
dragon_status dragon_model_list_create(dragon_model_list **list);

/// Models in a list; 0 for no list.
size_t dragon_model_list_count(dragon_model_list *list);
/// A model's folder or file, to be opened.
size_t dragon_model_list_path(dragon_model_list *list, size_t index, char *buffer, size_t size);
/// A model's name for people, such as "stable-diffusion-v1-5".
size_t dragon_model_list_name(dragon_model_list *list, size_t index, char *buffer, size_t size);
/// What is wrong with a model that cannot be opened, in one line; nothing (0) where it can.
size_t dragon_model_list_problem(dragon_model_list *list, size_t index, char *buffer, size_t size);

/// What an item is good for.
dragon_model_kind dragon_model_list_kind(dragon_model_list *list, size_t index);

/// Lists the LoRAs of this machine in the same way.
dragon_status dragon_lora_list_create(dragon_model_list **list);

void dragon_model_list_free(dragon_model_list *list);

/// Copies a model's folder or file, or downloads it from an http or https address, into the user's models.
///
/// - path: where it came to lie; may be NULL.
/// - message: what went wrong; may be NULL.
dragon_status dragon_model_add(const char *source, dragon_progress_callback progress, void *user_data, char *path,
                               size_t path_size, char *message, size_t message_size);

/// Loads a model. Even where it fails a handle is given, for the message, unless the arguments are unusable; close it
/// either way.
///
/// - path: folder or file; NULL takes the first of dragon_model_list_create that can be opened.
/// - threads: 1 … DRAGON_MOST_THREADS; 0 takes the machine's.
dragon_status dragon_model_open(const char *path, int32_t threads, dragon_model **model);

/// The same, told of its progress and asked whether to go on: DRAGON_CANCELLED where it is not to.
dragon_status dragon_model_open_watched(const char *path, int32_t threads, dragon_progress_callback progress,
                                        void *user_data, dragon_model **model);

/// The same, with what is added to the model.
///
/// - options: NULL adds nothing.
dragon_status dragon_model_open_with(const char *path, const dragon_model_options *options, dragon_model **model);

/// What a model is, with what is added to it, without loading it: its description and the heads of its files are read.
///
/// - path: folder or file; NULL takes the first of dragon_model_list_create that can be opened.
/// - options: NULL adds nothing.
/// - message: why it cannot be opened so; may be NULL.
dragon_status dragon_model_inspect(const char *path, const dragon_model_options *options, dragon_model_info *info,
                                   char *message, size_t message_size);

/// Cancels what runs, waits for its end, and frees the model. Results live on.
void dragon_model_close(dragon_model *model);

/// What the calling thread's last call on the model said, where it failed. Empty after a call that went well.
size_t dragon_model_message(dragon_model *model, char *buffer, size_t size);

/// What the model is.
dragon_status dragon_model_describe(dragon_model *model, dragon_model_info *info);

/// The model's own parameters for a mode; where it says nothing, the published ones. NULL as model: the published ones.
dragon_status dragon_parameters_default(dragon_model *model, dragon_mode mode, dragon_parameters *parameters);

/// The same of a model that is not opened: only its description is read.
///
/// - path: folder or file; NULL takes the first of dragon_model_list_create that can be opened.
dragon_status dragon_parameters_of(const char *path, dragon_mode mode, dragon_parameters *parameters);

// --- Edits -----------------------------------------------------------------------------------------------------------

/// Checks a request as an edit would, and says what it will take. Starts nothing.
dragon_status dragon_edit_estimate(dragon_model *model, const dragon_request *request, dragon_estimate *estimate);

/// Runs an edit and returns when it has ended. A second edit of the same picture, which differs in seed, strength or
/// weights only, goes on from what the first one prepared, where memory allows.
dragon_status dragon_edit(dragon_model *model, const dragon_request *request, dragon_result **result);

/// Runs one edit on all frames of an animation. What an object leaves is taken from other frames that show it, where the camera
/// stands still; what none shows is filled once for all; the network sees the same frame beside each one, so that nothing
/// flickers.
///
/// - requests: count of them, a frame each, of one mode and pictures of one size, each with its own mask (all 0 where the
///   object is not seen on that frame), handles and displacement. Parameters, prompts, progress are the first one's.
/// - results: count of them, each freed like any; all NULL unless all went well. Where nothing is to be done to a frame, its
///   result's mask is 0 everywhere.
dragon_status dragon_edit_frames(dragon_model *model, const dragon_request *const *requests, size_t count,
                                 dragon_result **results);

/// Ends the edit that runs, from any thread, within a second; none running is no error.
dragon_status dragon_model_cancel(dragon_model *model);

/// What an edit intends, at once and without a network: moved pixels over a quick fill, the warp of a drag. The result
/// covers the picture given; give one of screen size, at most DRAGON_MOST_PREVIEW_PIXELS.
///
/// - message: what was wrong with the request; may be NULL.
dragon_status dragon_preview(const dragon_request *request, dragon_result **result, char *message, size_t message_size);

// --- Results ---------------------------------------------------------------------------------------------------------

/// Where a result lies.
dragon_status dragon_result_describe(dragon_result *result, dragon_result_info *info);

/// Copies colours without the mask. They are opaque unless the picture was not: then alpha is that of the edited
/// picture, which the result replaces where its mask is set. stride: bytes from one row to the next, 0 for none between
/// them.
dragon_status dragon_result_pixels(dragon_result *result, dragon_pixel_format format, void *pixels, int64_t stride);

/// Copies the mask: what share of each pixel is the result's, 0 … 255.
dragon_status dragon_result_mask(dragon_result *result, uint8_t *pixels, int64_t stride);

/// The same as floats, 0 … 1; stride in bytes.
dragon_status dragon_result_mask_float(dragon_result *result, float *pixels, int64_t stride);

/// Copies how far the edit reaches, softly: how much of each pixel it may change, 0 … 255. Of the result's size.
dragon_status dragon_result_extent(dragon_result *result, uint8_t *pixels, int64_t stride);

/// One of the layers that a result is made of, as a result of its own, freed like any. Laid over the picture, the ground
/// first and the object on it, they look as the result does. NULL with DRAGON_OK where the edit laid no object, so that the
/// result is one layer: move, resize and paste lay one, and a drag of what does not bend.
dragon_status dragon_result_part(dragon_result *result, dragon_part part, dragon_result **layer);

void dragon_result_free(dragon_result *result);

// --- Objects ---------------------------------------------------------------------------------------------------------

/// Takes a picture to find objects in. Its pixels are copied, so that a second point is answered faster than the first.
/// Even where it fails a handle is given, for the message, unless the arguments are unusable; free it either way.
dragon_status dragon_selector_create(const dragon_picture *picture, dragon_selector **selector);

/// Has a model's network look at the picture, once: what its self-attention ties together tells objects from then on, beside
/// their colours and edges. Takes as long as a step or two of an edit, and counts as the model's edit meanwhile: DRAGON_BUSY
/// where another runs, and dragon_model_cancel ends it. What is found until it is done, or where it fails, is found without.
/// It helps with networks of Stable Diffusion's size; a small one sees no more than the colours do.
dragon_status dragon_selector_attend(dragon_selector *selector, dragon_model *model, dragon_progress_callback progress,
                                     void *user_data);

/// Finds the object that a hint means, with a soft edge where it has one.
///
/// - pixels: the mask, one byte for each pixel of the picture; stride: bytes from one row to the next, 0 for none between
///   them.
dragon_status dragon_selector_find(dragon_selector *selector, const dragon_hint *hint, uint8_t *pixels, int64_t stride);

/// Finds what the handles of a drag hold: it alone is bent where it is given as dragon_request.held, and what is behind it
/// stays.
///
/// - hint: the handles as its inside points; its outline is the region in which the picture may change, where there is one.
/// - found: 1 where something can be told from what surrounds it, which pixels then hold; else 0, and pixels are 0.
/// - pixels, stride: as dragon_selector_find takes them.
dragon_status dragon_selector_find_held(dragon_selector *selector, const dragon_hint *hint, int32_t *found,
                                        uint8_t *pixels, int64_t stride);

/// Finds the shadow that an object casts on the ground beside it.
///
/// - object: of the picture's size.
/// - found: 1 where there is one, which pixels then hold, softly; else 0, and pixels are 0.
/// - pixels, stride: as dragon_selector_find takes them.
dragon_status dragon_selector_find_shadow(dragon_selector *selector, const dragon_mask *object, int32_t *found,
                                          uint8_t *pixels, int64_t stride);

/// What the calling thread's last call on the selector said, where it failed. Empty after a call that went well.
size_t dragon_selector_message(dragon_selector *selector, char *buffer, size_t size);

void dragon_selector_free(dragon_selector *selector);

#ifdef __cplusplus
}
#endif

#endif
