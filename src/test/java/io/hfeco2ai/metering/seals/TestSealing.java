package io.hfeco2ai.metering.seals;

import org.springframework.beans.factory.BeanFactory;

/** Seals at once what the job would seal in time. */
public final class TestSealing {

    private TestSealing() {}

    public static void everything(BeanFactory beans) {
        Sealing sealing = beans.getBean(Sealing.class);
        for (int i = 0; i < 20; i++) {
            sealing.bite();
        }
    }
}
