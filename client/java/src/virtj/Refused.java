package virtj;

import virtproto.virt_error;

/** The daemon was asked and said no. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong, for programs: a constant of virt_error_code. */
    final int code;

    Refused(virt_error error) {
        super(error.message.value != null ? error.message.value.value : "refused");
        code = error.code;
    }
}
