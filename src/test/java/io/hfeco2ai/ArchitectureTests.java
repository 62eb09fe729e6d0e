package io.hfeco2ai;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The walls of the house; each rule says why it stands. */
class ArchitectureTests {

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.hfeco2ai");

    @Test
    void plainModulesKnowNoSpring() {
        noClasses()
                .that()
                .resideInAnyPackage("io.hfeco2ai.units..", "io.hfeco2ai.sensor..", "io.hfeco2ai.cli..")
                .and()
                .haveSimpleNameNotEndingWith("package-info")
                .and()
                .haveNameNotMatching(".*\\.cli\\.ServerLauncher(\\$.*)?") // hands over to the server
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "jakarta..")
                .because("they are also the command line, which starts in a tenth of a second without Spring")
                .check(MAIN);
    }

    @Test
    void entitiesAndRepositoriesStayInTheirModule() {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Entity")
                .or()
                .haveSimpleNameEndingWith("Repository")
                .or()
                .haveSimpleNameEndingWith("Page")
                .or()
                .haveSimpleNameEndingWith("Api")
                .and()
                .areTopLevelClasses()
                .should()
                .bePublic()
                .because("a module hands out records; its tables and controllers are nobody else's business")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void onlyTheLedgerKnowsHowCarbonIsComputed() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.hfeco2ai.units..", "io.hfeco2ai.ledger..", "io.hfeco2ai.cli..")
                .should()
                .callMethod("io.hfeco2ai.units.CarbonIntensity", "emissionsOf", "io.hfeco2ai.units.Energy")
                .because("law 2: every page, report and call shows the ledger's number (the command line, which"
                        + " works without a server, is the one other place)")
                .check(MAIN);
    }

    @Test
    void nobodyReadsTheClockOfTheMachineBehindTheBack() {
        noClasses()
                .that()
                .haveSimpleNameNotContaining("Main")
                .should()
                .callMethod("java.time.Instant", "now")
                .orShould()
                .callMethod("java.time.LocalDate", "now")
                .orShould()
                .callMethod("java.lang.System", "currentTimeMillis")
                .because("time is passed in as a Clock, so that a test can jump to the end of the month")
                .check(MAIN);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)")
                .because("such a name says nothing: name the thing by what it does")
                .check(MAIN);
    }

    @Test
    void nothingIsPrintedButByTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.hfeco2ai.cli..")
                .should()
                .accessField(System.class, "out")
                .because("a server logs")
                .check(MAIN);
    }

    @Test
    void modulesStaySmall() {
        Map<String, Long> sizes =
                topLevel().stream().collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(sizes)
                .as("a package of more than 25 types hides two modules: split it")
                .allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(25));
    }

    @Test
    void mostTypesArePackagePrivate() {
        List<JavaClass> types = topLevel();
        long hidden = types.stream()
                .filter(type -> !type.getModifiers().contains(JavaModifier.PUBLIC))
                .count();
        assertThat((double) hidden / types.size())
                .as("share of package-private top-level types: public is only what the module's door names")
                .isGreaterThanOrEqualTo(0.6);
    }

    private static List<JavaClass> topLevel() {
        return MAIN.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .toList();
    }
}
