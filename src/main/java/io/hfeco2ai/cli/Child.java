package io.hfeco2ai.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * The measured command: our standard streams, our environment, our working folder, and the signals that were meant for it.
 * The JVM no longer ends on SIGINT, SIGTERM and SIGHUP: it ends after the command.
 */
final class Child {

    static final int NOT_EXECUTABLE = 126;
    static final int NOT_FOUND = 127;
    static final int SIGNALLED = 128;

    private static final int SIGTERM = 15;

    /** "error=2, No such file or directory" until JDK 24, "error: 2 (No such file or directory) " since. */
    private static final Pattern ERRNO = Pattern.compile("error(?:=|: )(\\d+)(?:, | \\()([^)]*)");

    private static final int ENOENT = 2;
    // Fields of /proc/PID/stat after the program's name: proc_pid_stat(5).
    private static final int PGRP = 2;
    private static final int TTY = 4;
    private static final int FOREGROUND_PGRP = 5;

    private final AtomicInteger early = new AtomicInteger();
    private volatile @Nullable Process process;

    /** The command could not be started. {@code exitCode} is what a shell would answer. */
    static final class NotStarted extends Exception {

        final int exitCode;

        NotStarted(String message, int exitCode) {
            super(message);
            this.exitCode = exitCode;
        }
    }

    private Child() {}

    static Child start(List<String> command) throws NotStarted {
        Child child = new Child();
        // Before the start: a signal that comes between must not end the JVM and leave the command alone.
        for (String name : List.of("TERM", "INT", "HUP")) {
            child.forward(name);
        }
        try {
            Process started = new ProcessBuilder(command).inheritIO().start();
            child.process = started;
            int missed = child.early.getAndSet(0);
            if (missed != 0) {
                send(started, missed);
            }
            return child;
        } catch (IOException e) {
            throw notStarted(command.get(0), e);
        }
    }

    private static NotStarted notStarted(String program, IOException e) {
        Matcher errno = ERRNO.matcher(String.valueOf(e.getMessage()));
        boolean told = errno.find();
        if (told && Integer.parseInt(errno.group(1)) == ENOENT) {
            return new NotStarted(program + ": not found", NOT_FOUND);
        }
        String reason = told ? errno.group(2).strip() : String.valueOf(e.getMessage());
        return new NotStarted(program + ": " + reason, NOT_EXECUTABLE);
    }

    long pid() {
        return running().pid();
    }

    /** Asks the command to end, as a scheduler would. */
    void stop() {
        send(running(), SIGTERM);
    }

    /** The exit code as a shell gives it: 128 + n when signal n ended the command. */
    int await() {
        while (true) {
            try {
                return running().waitFor();
            } catch (InterruptedException e) {
                // Nobody may end the waiting but the command itself.
            }
        }
    }

    private Process running() {
        Process started = process;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started;
    }

    private void forward(String name) {
        try {
            Signal.handle(new Signal(name), this::onSignal);
        } catch (IllegalArgumentException e) {
            // Not on this system, or the JVM was told to keep its hands off signals (-Xrs).
        }
    }

    private void onSignal(Signal signal) {
        // At a terminal the kernel has sent it to the whole foreground group, the command included.
        if (!signal.getName().equals("TERM") && weAreInForeground()) {
            return;
        }
        Process started = process;
        if (started == null) {
            early.set(signal.getNumber());
        } else {
            send(started, signal.getNumber());
        }
    }

    private static void send(Process process, int signal) {
        if (!process.isAlive()) {
            return;
        }
        try {
            // Java itself can send SIGTERM and SIGKILL only; every shell has kill.
            new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            process.destroy();
        }
    }

    private static boolean weAreInForeground() {
        try {
            return isInForeground(Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether our process group is the one the terminal sends Ctrl-C to. The program's name may hold blanks and brackets. */
    static boolean isInForeground(String stat) {
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return !afterName[TTY].equals("0") && afterName[PGRP].equals(afterName[FOREGROUND_PGRP]);
    }
}
