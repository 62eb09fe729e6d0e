package io.hfeco2ai.budgets.delivery;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Between whoever commits something to deliver and the worker that sleeps. */
@Component
class Wakeup {

    private final Semaphore news = new Semaphore(0);

    void now() {
        news.release();
    }

    void sleep(long longestMs) throws InterruptedException {
        if (news.tryAcquire(longestMs, TimeUnit.MILLISECONDS)) {
            news.drainPermits();
        }
    }
}
