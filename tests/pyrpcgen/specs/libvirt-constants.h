/* What libvirt.x takes from libvirt's own headers. */
#define VIR_TYPED_PARAM_INT 1
#define VIR_TYPED_PARAM_ULLONG 4
#define VIR_TYPED_PARAM_BOOLEAN 6
#define VIR_TYPED_PARAM_STRING 7
