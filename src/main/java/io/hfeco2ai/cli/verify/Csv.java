package io.hfeco2ai.cli.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows after RFC 4180, one at a time. */
final class Csv {

    private static final int LONGEST_ROW = 1 << 16;

    private final String name;
    private final Reader in;
    private int columns; // 0: not known before the first row
    private long nextLine = 1;
    private long line;

    /** @param headers one of them is its first row @throws Unreadable it is not */
    Csv(String name, InputStream content, String... headers) throws IOException {
        this.name = name;
        this.in = new BufferedReader(new InputStreamReader(content, StandardCharsets.UTF_8.newDecoder()), 1 << 16);
        List<String> first = next();
        if (first == null || !List.of(headers).contains(String.join(",", first))) {
            throw new Unreadable(name + " does not begin with the columns " + headers[0]);
        }
        this.columns = first.size();
    }

    /** Where the last row began, from 1. */
    long line() {
        return line;
    }

    /** @return null at the end @throws Unreadable it is no such file */
    @Nullable List<String> next() throws IOException {
        try {
            int c = read();
            if (c < 0) {
                return null;
            }
            line = nextLine;
            List<String> row = new ArrayList<>();
            int length = 0;
            StringBuilder field = new StringBuilder();
            while (true) {
                c = c == '"' ? quoted(field) : plain(c, field);
                length += field.length() + 1;
                row.add(field.toString());
                field.setLength(0);
                if (length > LONGEST_ROW || (columns > 0 && row.size() > columns)) {
                    throw new Unreadable(name + " line " + line + " is longer than a row can be");
                }
                if (c != ',') {
                    break;
                }
                c = read();
            }
            if (c != '\n' || (columns > 0 && row.size() != columns)) {
                throw new Unreadable(name + " line " + line + " is no whole row of " + columns + " fields");
            }
            nextLine++;
            return row;
        } catch (CharacterCodingException e) {
            throw new Unreadable(name + " is no UTF-8 after line " + line);
        }
    }

    /** @return what ended it */
    private int plain(int first, StringBuilder field) throws IOException {
        int c = first;
        while (c >= 0 && c != ',' && c != '\n') {
            append(field, c);
            c = read();
        }
        return c;
    }

    private int quoted(StringBuilder field) throws IOException {
        while (true) {
            int c = read();
            if (c < 0) {
                return c;
            }
            if (c == '"') {
                c = read();
                if (c != '"') {
                    return c;
                }
            } else if (c == '\n') {
                nextLine++;
            }
            append(field, c);
        }
    }

    private void append(StringBuilder field, int c) {
        if (field.length() >= LONGEST_ROW) {
            throw new Unreadable(name + " line " + line + " is longer than a row can be");
        }
        field.append((char) c);
    }

    private int read() throws IOException {
        return in.read();
    }
}
