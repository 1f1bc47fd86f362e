"""The table of methods: from it come the API, runs that can be saved and cited, exports, and tools for models.

A row is all that a method needs to be had everywhere; `form` says what its parts are.
"""

from collections.abc import Iterable, Mapping

from comity.service import (
    alone,
    analysing,
    blocs,
    coalitions,
    forecasting,
    inclusion,
    next_steps,
    offer_studies,
    offers,
    powers,
    precedents,
    reforms,
    shares,
    votes,
    worths,
)
from comity.service.form import Method
from comity.service.queries import refuse

__all__ = ["METHODS", "method_of"]

_REGIONS = """\
region,gdp,co2,abatement_alpha_mckinsey,tariff_alpha,tariff_beta,exports_to_A,exports_to_B,exports_to_C
A,16000,5400,0.02,0.5,0.6,0,310,420
B,2400,2100,0.03,0.5,0.6,270,0,160
C,9800,8900,0.02,0.5,0.6,560,190,0
"""
_GOOD = """{
 "players": [
  {"name": "A", "parameters": {"b": 3, "c": 1}},
  {"name": "B", "parameters": {"b": 2, "c": 0.5}},
  {"name": "C", "parameters": {"b": 1, "c": 1}}
 ],
 "model": "public-good"
}"""
_VOTES = "rcid,session,actor,vote\n" + "\n".join(
    f"{question},1,{actor},{vote}"
    for question, cast in enumerate(("yes yes no", "yes no no", "no yes yes", "no no yes"), 1)
    for actor, vote in zip(("USA", "GBR", "CUB"), cast.split(), strict=True)
)

_TABLE: Iterable[Method] = (
    Method(
        id="power",
        summary="Who has what power under a decision rule: Banzhaf, Shapley–Shubik and Coleman, exactly.",
        asks=powers.PowerAsked,
        answer=powers.answer_power,
        example={"rule": "unsc-substantive", "on": "2024-01-01"},
        sources=(
            (
                "Penrose, L. S. (1946). The elementary statistics of majority voting. "
                "Journal of the Royal Statistical Society."
            ),
            "Banzhaf, J. F. (1965). Weighted voting doesn’t work. Rutgers Law Review 19.",
            (
                "Shapley, L. S., and Shubik, M. (1954). A method for evaluating the distribution of power in a "
                "committee system. American Political Science Review 48."
            ),
            (
                "Coleman, J. S. (1971). Control of collectivities and the power of a collectivity to act. "
                "In Lieberman, B. (ed.), Social Choice."
            ),
        ),
    ),
    Method(
        id="power-study",
        summary="Power under a rule beside another rule or day: who gains, who loses; per person; smallest coalitions.",
        page="power",
        asks=reforms.StudyAsked,
        answer=reforms.study,
        example={"rule": "eu-council-qmv", "on": "2014-10-31", "then": "2014-11-01", "blocking": True},
        sources=(
            (
                "Felsenthal, D. S., and Machover, M. (1998). The Measurement of Voting Power. Theory and Practice, "
                "Problems and Paradoxes. Edward Elgar."
            ),
        ),
    ),
    Method(
        id="power-quota",
        summary="How the power of members moves with the quota of a rule.",
        page="quota",
        asks=reforms.QuotaAsked,
        answer=reforms.sweep,
        example={"rule": "eu-council-qmv", "on": "2014-11-01", "start": "0.5", "end": "0.9", "points": 5},
        sources=(
            (
                "Leech, D. (2002). Voting power in the governance of the International Monetary Fund. "
                "Annals of Operations Research 109."
            ),
        ),
    ),
    Method(
        id="power-design",
        summary="Votes and a quota under which power is in proportion to a weight table, or to its square roots.",
        page="design",
        asks=reforms.DesignAsked,
        answer=reforms.design_votes,
        example={"on": "2014-11-01", "weights": "eu-population", "law": "square-root", "quota": "0.62"},
        sources=(
            (
                "Penrose, L. S. (1946). The elementary statistics of majority voting. "
                "Journal of the Royal Statistical Society."
            ),
            (
                "Słomczyński, W., and Życzkowski, K. (2006). Penrose voting system and optimal quota. "
                "Acta Physica Polonica B 37."
            ),
            (
                "Leech, D. (2002). Power indices as an aid to institutional design: the generalised apportionment "
                "problem. Warwick Economic Research Papers 648."
            ),
        ),
    ),
    Method(
        id="club",
        summary="Every stable climate club of a table of regions, at a price of carbon and a tariff on outsiders.",
        asks=analysing.ClubAsked,
        answer=analysing.answer_club,
        need=analysing.club_need,
        of_register=False,
        example={"text": _REGIONS, "price": 25, "tariff": 0.03},
        sources=(
            (
                "Nordhaus, W. (2015). Climate clubs: overcoming free-riding in international climate policy. "
                "American Economic Review 105."
            ),
            (
                "d’Aspremont, C., Jacquemin, A., Gabszewicz, J. J., and Weymark, J. A. (1983). On the stability of "
                "collusive price leadership. Canadian Journal of Economics 16."
            ),
        ),
    ),
    Method(
        id="coalitions",
        summary="Every coalition of a game: which are stable, who would leave or join, which payments would hold them.",
        asks=coalitions.CoalitionsAsked,
        answer=coalitions.answer,
        need=coalitions.need,
        example={"text": _GOOD, "transfers": True},
        sources=(
            (
                "d’Aspremont, C., Jacquemin, A., Gabszewicz, J. J., and Weymark, J. A. (1983). On the stability of "
                "collusive price leadership. Canadian Journal of Economics 16."
            ),
            "Barrett, S. (1994). Self-enforcing international environmental agreements. Oxford Economic Papers 46.",
            "Chwe, M. S.-Y. (1994). Farsighted coalitional stability. Journal of Economic Theory 63.",
            (
                "Eyckmans, J., and Finus, M. (2009). An almost ideal sharing scheme for coalition games with "
                "externalities. Stirling Economics Discussion Paper 2009-10."
            ),
        ),
    ),
    Method(
        id="alone",
        summary="Cooperate or go alone: what a country gains inside, outside and alone; what changes its answer.",
        asks=alone.AloneAsked,
        answer=alone.answer,
        need=alone.need,
        example={"text": _REGIONS, "actor": "B", "price": [25, 50], "tariff": [0, 0.03]},
        sources=alone.SOURCES,
    ),
    Method(
        id="core",
        summary="How what all earn together can be shared: core, nucleolus, Shapley value, and who would object.",
        asks=worths.CoreAsked,
        answer=worths.answer,
        need=worths.need,
        example=worths.EXAMPLE,
        sources=worths.SOURCES,
    ),
    Method(
        id="package",
        summary="The best package deal over several issues, with a proved bound; or the Pareto front.",
        asks=offers.PackageAsked,
        answer=offers.answer,
        need=offers.need,
        of_register=False,
        example={
            "offer": {
                "parties": ["A", "B"],
                "issues": [{"id": "fund", "options": ["small", "large"]}],
                "utility": {"A": {"fund": {"small": 3, "large": 1}}, "B": {"fund": {"small": 1, "large": 2}}},
            },
            "solution": "nash",
        },
        sources=(
            "Nash, J. F. (1950). The bargaining problem. Econometrica 18.",
            "Kalai, E., and Smorodinsky, M. (1975). Other solutions to Nash’s bargaining problem. Econometrica 43.",
            (
                "Kalai, E. (1977). Nonsymmetric Nash solutions and replications of 2-person bargaining. "
                "International Journal of Game Theory 6."
            ),
            (
                "Lacoste-Julien, S., and Jaggi, M. (2015). On the global linear convergence of Frank-Wolfe "
                "optimization variants. Advances in Neural Information Processing Systems 28."
            ),
            (
                "Nemhauser, G. L., and Ullmann, Z. (1969). Discrete dynamic programming and capital allocation. "
                "Management Science 15."
            ),
        ),
    ),
    Method(
        id="package-study",
        page="package",
        summary="What could be agreed: the zone of agreement, under a rule, with payments, in doubt, on conditions.",
        asks=offer_studies.StudyAsked,
        answer=offer_studies.answer,
        need=offer_studies.need,
        example={
            "offer": {
                "parties": ["A", "B"],
                "issues": [{"id": "fund", "options": ["small", "large"]}],
                "utility": {"A": {"fund": {"small": 3, "large": 1}}, "B": {"fund": {"small": 0, "large": 5}}},
                "disagreement": {"A": 2, "B": 1},
            },
            "study": "payments",
        },
        sources=(
            (
                "Putnam, R. D. (1988). Diplomacy and domestic politics: the logic of two-level games. "
                "International Organization 42."
            ),
            "Nash, J. F. (1953). Two-person cooperative games. Econometrica 21.",
            "Bertsimas, D., and Sim, M. (2004). The price of robustness. Operations Research 52.",
            (
                "Savage, L. J. (1951). The theory of statistical decision. Journal of the American Statistical "
                "Association 46."
            ),
            (
                "Hindriks, K., Jonker, C. M., and Tykhonov, D. (2007). Negotiation dynamics: analysis, concession "
                "tactics, and outcomes. Intelligent Agent Technology."
            ),
        ),
    ),
    Method(
        id="forecast",
        summary="The chance by each date that an instrument's conditions to enter into force are met, or so many join.",
        asks=forecasting.ForecastAsked,
        answer=forecasting.answer,
        example={"instrument": "tpnw", "start": "2019-01-01", "end": "2023-01-01"},
        tolerance=1e-6,
        sources=(
            (
                "Allison, P. D. (1982). Discrete-time methods for the analysis of event histories. "
                "Sociological Methodology 13."
            ),
            "Box-Steffensmeier, J. M., and Jones, B. S. (2004). Event History Modeling. Cambridge University Press.",
            (
                "Breslow, N. E., and Clayton, D. G. (1993). Approximate inference in generalized linear mixed models. "
                "Journal of the American Statistical Association 88."
            ),
            (
                "Hong, Y. (2013). On computing the distribution function for the Poisson binomial distribution. "
                "Computational Statistics & Data Analysis 59."
            ),
            (
                "Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. "
                "Monthly Weather Review 78."
            ),
        ),
    ),
    Method(
        id="ideal-points",
        page="positions",
        summary="Where members of a body stand, session by session, by their votes, with standard errors.",
        asks=votes.VotesAsked,
        answer=votes.answer,
        example={"text": _VOTES, "positive": "USA"},
        tolerance=1e-6,
        tool=False,  # a model holds no table of votes
        sources=(
            (
                "Bailey, M. A., Strezhnev, A., and Voeten, E. (2017). Estimating dynamic state preferences from United "
                "Nations voting data. Journal of Conflict Resolution 61."
            ),
        ),
    ),
    Method(
        id="blocs",
        page="positions",
        summary="Who votes with whom: blocs, their cohesion, who leaves them, who is pivotal, who could bridge two.",
        asks=blocs.BlocsAsked,
        answer=blocs.answer,
        need=blocs.need,
        example={"text": _VOTES, "draws": 20},
        tool=False,  # as above
        sources=(
            (
                "Lijphart, A. (1963). The analysis of bloc voting in the General Assembly. "
                "American Political Science Review 57."
            ),
            (
                "Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of cluster "
                "analysis. Journal of Computational and Applied Mathematics 20."
            ),
            (
                "Hennig, C. (2007). Cluster-wise assessment of cluster stability. "
                "Computational Statistics & Data Analysis 52."
            ),
            (
                "Hix, S., Noury, A., and Roland, G. (2005). Power to the parties: cohesion and competition in the "
                "European Parliament. British Journal of Political Science 35."
            ),
        ),
    ),
    Method(
        id="shares",
        summary="What falls to whom of a burden or benefit by rules of fairness, who prefers which, and what moves it.",
        asks=shares.SharesAsked,
        answer=shares.answer,
        need=shares.need,
        tables=shares.tables,
        example=shares.EXAMPLE,
        tolerance=1e-6,
        sources=shares.SOURCES,
    ),
    Method(
        id="precedents",
        summary="Agreements like one of the register, or like what words describe, why, and what became of them.",
        asks=precedents.PrecedentsAsked,
        answer=precedents.answer,
        example={"asked": "paris-agreement", "on": "2025-01-01", "limit": 5},
        sources=(
            "Gower, J. C. (1971). A general coefficient of similarity and some of its properties. Biometrics 27.",
            (
                "Kaplan, E. L., and Meier, P. (1958). Nonparametric estimation from incomplete observations. "
                "Journal of the American Statistical Association 53."
            ),
        ),
    ),
    Method(
        id="next-step",
        summary="Which options of which issues are nearest to an agreement under a decision rule, and who is missing.",
        asks=next_steps.NextStepAsked,
        answer=next_steps.answer,
        example={
            "text": "actor,issue,option,position\nA,fund,small,yes\nB,fund,small,yes\nC,fund,small,unknown\n",
            "on": "2025-01-01",
        },
        sources=(
            (
                "Fisher, R. (1964). Fractionating conflict. In Fisher (ed.), International Conflict and Behavioral "
                "Science."
            ),
            (
                "Sebenius, J. K. (1983). Negotiation arithmetic: adding and subtracting issues and parties. "
                "International Organization 37."
            ),
        ),
    ),
    Method(
        id="inclusion",
        summary="Who had what part of a meeting or an agreement, beside population, need and contribution.",
        asks=inclusion.InclusionAsked,
        answer=inclusion.answer,
        example={"text": "actor,group,minutes,population\nA,north,60,10\nB,south,30,50\nC,south,10,40\n"},
        sources=(
            "Theil, H. (1967). Economics and Information Theory.",
            "Shorrocks, A. F. (1980). The class of additively decomposable inequality measures. Econometrica 48.",
            (
                "Loosemore, J., and Hanby, V. J. (1971). The theoretical limits of maximum distortion. "
                "British Journal of Political Science 1."
            ),
            "Wilson, E. B. (1927). Probable inference. Journal of the American Statistical Association 22.",
        ),
    ),
)

METHODS: Mapping[str, Method] = {method.id: method for method in _TABLE}


def method_of(name: str) -> Method:
    """The method of this id. Raises `Refusal` naming those there are."""
    found = METHODS.get(name)
    if found is None:
        raise refuse("analysis-unknown", f"no method is called “{name:.40}”", f"there are {', '.join(METHODS)}")
    return found
