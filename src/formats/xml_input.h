// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Reading XML record by record: libxml2's reader without network, without document type declarations (so without entities), with the
 * library's limits on depth and size of a text. One record (a specimen, a marker) is expanded into a small tree at a time.
 */
#ifndef HW_FORMATS_XML_INPUT_H
#define HW_FORMATS_XML_INPUT_H

#include <libxml/xmlreader.h>

#include "formats/format.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_xml {
    const hw_format_input *in;
    hw_err *err;
    xmlTextReaderPtr reader;
    int line, column; /* of the first error of the parser, 0 none */
    char message[200];
    bool out_of_memory;
    bool silenced;             /* the thread's channel for libxml2's own printing is ours until close */
    xmlGenericErrorFunc old_print;
    void *old_print_ctx;
} hw_xml;

#define HW_XML_MAX_BYTES ((size_t)1 << 30)

hw_status hw_xml_open(hw_xml *x, const hw_format_input *in, hw_err *err) HW_MUST_CHECK;
void hw_xml_close(hw_xml *x);
/** The next element of any depth (start tags only); *ret_name is NULL at the end. `skip`: do not look inside the current one. */
hw_status hw_xml_next(hw_xml *x, bool skip, const char **ret_name, int *ret_depth) HW_MUST_CHECK;
/** The current element with all that is inside; valid until the next call. */
hw_status hw_xml_expand(hw_xml *x, xmlNodePtr *ret) HW_MUST_CHECK;
uint32_t hw_xml_line(const xmlNode *node);

/* small looks into a tree; names without their namespace */
bool hw_xml_is(const xmlNode *node, const char *name);
const xmlNode *hw_xml_child(const xmlNode *node, const char *name); /* the first, or NULL */
/** Text of the node, blanks at the ends left out, in the arena; "" when empty. LIMIT beyond max bytes. */
hw_status hw_xml_text(const xmlNode *node, hw_arena *arena, size_t max, const char **ret, hw_err *err) HW_MUST_CHECK;
/** Attribute in the arena, NULL when there is none. */
hw_status hw_xml_attribute(const xmlNode *node, const char *name, hw_arena *arena, size_t max, const char **ret, hw_err *err) HW_MUST_CHECK;
/** Add text with the characters of XML escaped and those it does not allow left out. */
void hw_xml_escape(hw_str *out, const char *s);
/** For detection: the name of the first element, without namespace, into buf; false when the text is no XML. */
bool hw_xml_root(const hw_format_input *in, char *buf, size_t size);

#ifdef __cplusplus
}
#endif
#endif
