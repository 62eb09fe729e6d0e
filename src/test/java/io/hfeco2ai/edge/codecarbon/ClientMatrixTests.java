package io.hfeco2ai.edge.codecarbon;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The older versions that are still met. */
@Tag("client-matrix")
class ClientMatrixTests extends RealClients {

    @ParameterizedTest
    @ValueSource(strings = {"2.4.2", "2.8.4", "3.0.8"})
    void theirTotalsArrive(String version) throws Exception {
        theClientsOwnTotalArrives(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.4.2", "2.8.4", "3.0.8"})
    void theirStepsArrive(String version) throws Exception {
        whatIsReportedInStepsArrives(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.4.2", "2.8.4", "3.0.8"})
    void onEveryRankTheyCountOnce(String version) throws Exception {
        twoRanksOnTheServersOwnMachineCountOnce(version);
    }
}
