package io.hfeco2ai.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Keeps every CPU busy for the same part of each tenth of a second, until closed. */
final class CpuLoad implements AutoCloseable {

    private static final long PERIOD_NANOS = 100_000_000;

    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;
    /** @param ratio 0 to 1: the busy part of each CPU's time */
    CpuLoad(int cpus, double ratio) {
        if (ratio > 0) {
            for (int i = 0; i < cpus; i++) {
                Thread thread = new Thread(() -> work(Math.round(PERIOD_NANOS * ratio)), "load-" + i);
                thread.setDaemon(true);
                threads.add(thread);
                thread.start();
            }
        }
    }

    private void work(long busyNanos) {
        double x = 1;
        while (!over) {
            long start = System.nanoTime();
            while (System.nanoTime() - start < busyNanos) {
                for (int i = 0; i < 1000; i++) {
                    x = Math.sqrt(x + i) * 1.0001;
                }
            }
            if (Double.isNaN(x)) {
                throw new IllegalStateException("never, but the work cannot be optimised away");
            }
            long rest = PERIOD_NANOS - (System.nanoTime() - start);
            if (rest > 0) {
                LockSupport.parkNanos(rest);
            }
        }
    }

    @Override
    public void close() {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
