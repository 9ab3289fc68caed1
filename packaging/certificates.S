/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mozilla's certificate authorities, as packaging/static-deps takes them from Debian's ca-certificates: DER, one behind the
 * other, gzip. src/platform/certificates.cpp reads them.
 */
	.section .rodata
	.globl mozilla_certificates
	.globl mozilla_certificates_end
mozilla_certificates:
	.incbin "mozilla.der.gz"
mozilla_certificates_end:
	.section .note.GNU-stack, "", %progbits
