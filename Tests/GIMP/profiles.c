// Writes colour profiles for the tests into a folder: profiles FOLDER.
#include <libgimp/gimp.h>

static gboolean save(const char *folder, const char *name, GimpColorProfile *profile) {
    char *path = g_build_filename(folder, name, NULL);
    GFile *file = g_file_new_for_path(path);
    gboolean good = gimp_color_profile_save_to_file(profile, file, NULL);
    g_object_unref(file);
    g_object_unref(profile);
    g_free(path);
    return good;
}

int main(int count, char **arguments) {
    if (count != 2)
        return 2;
    GimpColorProfile *adobe = gimp_color_profile_new_rgb_adobe();
    GimpColorProfile *linear = gimp_color_profile_new_linear_from_color_profile(adobe);
    return save(arguments[1], "adobe.icc", adobe) && save(arguments[1], "linear.icc", linear) &&
                   save(arguments[1], "grey.icc", gimp_color_profile_new_d50_gray_lab_trc())
               ? 0
               : 1;
}
