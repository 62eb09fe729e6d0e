package io.hfeco2ai.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says about our controlling terminal. */
final class Terminal {

    private static final int PGRP = 2;
    private static final int TTY = 4;
    private static final int FOREGROUND_PGRP = 5;

    private Terminal() {}

    static boolean weAreInForeground() {
        try {
            return isInForeground(Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return false;
        }
    }

    /** @param stat the line of /proc/PID/stat; the program's name in it may hold blanks and brackets: proc_pid_stat(5) */
    static boolean isInForeground(String stat) {
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return !afterName[TTY].equals("0") && afterName[PGRP].equals(afterName[FOREGROUND_PGRP]);
    }
}
