// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "formats/xml_input.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <libxml/parser.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_library(void)
{
    xmlInitParser();
}

/* libxml2 hands its errors to this instead of printing them; the first one is what is wrong. */
#if LIBXML_VERSION >= 21200
static void on_error(void *ctx, const xmlError *e)
#else
static void on_error(void *ctx, xmlErrorPtr e)
#endif
{
    hw_xml *x = ctx;
    if (x->line != 0 || e == NULL || e->level == XML_ERR_WARNING) {
        return;
    }
    x->line = e->line > 0 ? e->line : 1;
    x->column = e->int2 > 0 ? e->int2 : 0;
    x->out_of_memory = e->code == XML_ERR_NO_MEMORY;
    snprintf(x->message, sizeof x->message, "%s", e->message != NULL ? e->message : "not well-formed");
    size_t n = strlen(x->message);
    while (n > 0 && (x->message[n - 1] == '\n' || x->message[n - 1] == ' ')) {
        x->message[--n] = '\0';
    }
}

/* Some messages of libxml2 go past its error handlers straight to standard error. */
__attribute__((format(printf, 2, 3))) static void print_nothing(void *ctx, const char *format, ...)
{
    (void)ctx;
    (void)format;
}

hw_status hw_xml_open(hw_xml *x, const hw_format_input *in, hw_err *err)
{
    memset(x, 0, sizeof *x);
    x->in = in;
    x->err = err;
    if (in->size > HW_XML_MAX_BYTES) {
        return HW_FAIL(err, HW_LIMIT, "%s: %zu bytes of XML; at most %zu are read", in->name, in->size, HW_XML_MAX_BYTES);
    }
    pthread_once(&once, start_library);
    x->old_print = xmlGenericError;
    x->old_print_ctx = xmlGenericErrorContext;
    x->silenced = true;
    xmlSetGenericErrorFunc(NULL, print_nothing);
    /* the text is UTF-8 by now, whatever its declaration says */
    x->reader = xmlReaderForMemory(in->data, (int)in->size, NULL, "UTF-8",
                                   XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES | XML_PARSE_IGNORE_ENC);
    if (x->reader == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    xmlTextReaderSetStructuredErrorHandler(x->reader, on_error, x);
    return HW_OK;
}

void hw_xml_close(hw_xml *x)
{
    if (x->reader != NULL) {
        xmlFreeTextReader(x->reader);
        x->reader = NULL;
    }
    if (x->silenced) {
        xmlSetGenericErrorFunc(x->old_print_ctx, x->old_print);
        x->silenced = false;
    }
}

static hw_status broken(hw_xml *x)
{
    if (x->out_of_memory) {
        return HW_NO_MEMORY_FAIL(x->err);
    }
    return HW_FAIL(x->err, HW_PARSE, "%s, line %d, column %d: not well-formed XML: %s", x->in->name, x->line, x->column,
                   x->message[0] != '\0' ? x->message : "cut off, or nested too deeply");
}

hw_status hw_xml_next(hw_xml *x, bool skip, const char **ret_name, int *ret_depth)
{
    for (;;) {
        int more = skip ? xmlTextReaderNext(x->reader) : xmlTextReaderRead(x->reader);
        skip = false;
        if (more < 0 || x->line != 0) {
            return broken(x);
        }
        if (more == 0) {
            *ret_name = NULL;
            return HW_OK;
        }
        int type = xmlTextReaderNodeType(x->reader);
        if (type == XML_READER_TYPE_DOCUMENT_TYPE) {
            return HW_FAIL(x->err, HW_REFUSED, "%s, line %d: a document type declaration; files with one are not read (they can define entities)",
                           x->in->name, xmlTextReaderGetParserLineNumber(x->reader));
        }
        if (type == XML_READER_TYPE_ELEMENT) {
            *ret_name = (const char *)xmlTextReaderConstLocalName(x->reader);
            *ret_depth = xmlTextReaderDepth(x->reader);
            return HW_OK;
        }
    }
}

hw_status hw_xml_expand(hw_xml *x, xmlNodePtr *ret)
{
    xmlNodePtr node = xmlTextReaderExpand(x->reader);
    if (node == NULL || x->line != 0) {
        return broken(x);
    }
    *ret = node;
    return HW_OK;
}

uint32_t hw_xml_line(const xmlNode *node)
{
    long line = xmlGetLineNo(node);
    return line > 0 ? (uint32_t)line : 0;
}

bool hw_xml_is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && hw_streq((const char *)node->name, name);
}

const xmlNode *hw_xml_child(const xmlNode *node, const char *name)
{
    const xmlNode *c = node->children;
    while (c != NULL && !hw_xml_is(c, name)) {
        c = c->next;
    }
    return c;
}

static hw_status keep(xmlChar *text, hw_arena *arena, size_t max, const char **ret, hw_err *err)
{
    if (text == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    char *s = hw_str_trim((char *)text);
    size_t n = strlen(s);
    hw_status status = HW_OK;
    if (n > max) {
        status = HW_FAIL(err, HW_PARSE, "a text of %zu bytes; at most %zu are expected", n, max);
    } else {
        char *copy = hw_arena_strndup(arena, s, n);
        if (copy == NULL) {
            status = HW_NO_MEMORY_FAIL(err);
        } else {
            *ret = copy;
        }
    }
    xmlFree(text);
    return status;
}

hw_status hw_xml_text(const xmlNode *node, hw_arena *arena, size_t max, const char **ret, hw_err *err)
{
    return keep(xmlNodeGetContent(node), arena, max, ret, err);
}

hw_status hw_xml_attribute(const xmlNode *node, const char *name, hw_arena *arena, size_t max, const char **ret, hw_err *err)
{
    const xmlAttr *a = node->properties;
    while (a != NULL && !hw_streq((const char *)a->name, name)) {
        a = a->next;
    }
    *ret = NULL;
    return a == NULL ? HW_OK : keep(xmlNodeGetContent((const xmlNode *)(const void *)a), arena, max, ret, err);
}

void hw_xml_escape(hw_str *out, const char *s)
{
    for (const char *c = s; *c != '\0'; c++) {
        unsigned char u = (unsigned char)*c;
        switch (*c) {
        case '<':
            hw_str_add(out, "&lt;");
            break;
        case '>':
            hw_str_add(out, "&gt;");
            break;
        case '&':
            hw_str_add(out, "&amp;");
            break;
        case '"':
            hw_str_add(out, "&quot;");
            break;
        default:
            if (u >= 0x20) {
                hw_str_addc(out, *c);
            } else if (u == '\n' || u == '\t' || u == '\r') {
                hw_str_addc(out, ' ');
            }
        }
    }
}

bool hw_xml_root(const hw_format_input *in, char *buf, size_t size)
{
    const char *s = in->data, *end = s + (in->size < 65536 ? in->size : 65536);
    while (s < end) {
        while (s < end && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r')) {
            s++;
        }
        if (s == end || *s != '<') {
            return false;
        }
        if (end - s > 4 && memcmp(s, "<!--", 4) == 0) {
            for (s += 4; end - s >= 3 && memcmp(s, "-->", 3) != 0; s++) {
            }
            s = end - s >= 3 ? s + 3 : end;
        } else if (end - s > 2 && (s[1] == '?' || s[1] == '!')) {
            while (s < end && *s != '>') {
                s++;
            }
            s += s < end;
        } else {
            break;
        }
    }
    if (s >= end) {
        return false;
    }
    const char *from = ++s;
    while (s < end && *s != '>' && *s != '/' && *s != ' ' && *s != '\t' && *s != '\n' && *s != '\r') {
        if (*s++ == ':') {
            from = s;
        }
    }
    size_t n = (size_t)(s - from);
    if (n == 0 || n >= size) {
        return false;
    }
    memcpy(buf, from, n);
    buf[n] = '\0';
    return true;
}
