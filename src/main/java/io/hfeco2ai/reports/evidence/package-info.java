/** What an auditor takes away to check a report without the server: its entries, factors and sites, signed. */
@NullMarked
package io.hfeco2ai.reports.evidence;

import org.jspecify.annotations.NullMarked;
