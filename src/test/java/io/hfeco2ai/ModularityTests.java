package io.hfeco2ai;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModularityTests {

    @Test
    void eachModuleUsesOnlyWhatItsPackageInfoLists() {
        ApplicationModules.of(Application.class).verify();
    }
}
