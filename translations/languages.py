"""The languages that ship, each by its name in itself, as a menu shows them."""

from __future__ import annotations

LANGUAGES = {
    "en": "English",
    "cy": "Cymraeg",
    "bn": "বাংলা",
    "ur": "اردو",
    "pa": "ਪੰਜਾਬੀ",
    "gu": "ગુજરાતી",
    "ta": "தமிழ்",
    "pl": "Polski",
    "ro": "Română",
    "pt": "Português",
    "lt": "Lietuvių",
    "hu": "Magyar",
    "it": "Italiano",
    "es": "Español",
    "fr": "Français",
    "so": "Soomaali",
    "ar": "العربية",
    "tr": "Türkçe",
    "uk": "Українська",
    "zh": "中文",
}
"""By code, in the order of a menu."""

OTHER_LETTERS = frozenset({"bn", "ur", "pa", "gu", "ta", "ar", "uk", "zh"})
"""Languages that are not written in Latin letters, though people may text them so."""

RIGHT_TO_LEFT = frozenset({"ar", "ur", "fa", "he"})
"""Languages written from right to left."""

IN_ENGLISH = {
    "en": "English",
    "cy": "Welsh",
    "bn": "Bengali",
    "ur": "Urdu",
    "pa": "Punjabi",
    "gu": "Gujarati",
    "ta": "Tamil",
    "pl": "Polish",
    "ro": "Romanian",
    "pt": "Portuguese",
    "lt": "Lithuanian",
    "hu": "Hungarian",
    "it": "Italian",
    "es": "Spanish",
    "fr": "French",
    "so": "Somali",
    "ar": "Arabic",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}
"""By code: people ask for a language by either name."""

TELLING = {
    "cy": "diolch, shwmae, bore da, prynhawn da, helo, sut mae, dwi, rwyn, mae, ddim, iawn, eisiau, isio, "
    "gwych, croeso, cymraeg",
    "bn": "ami, amar, bhalo, valo, khub, chilo, dhonnobad, dhanyabad, kemon, achi, achen, korte, hobe, nei, "
    "apni, tumi, bangla, keno",
    "ur": "main, mein, mujhe, hai, hain, hoon, nahi, nahin, acha, accha, theek, thik, bohat, bahut, shukriya, "
    "kya, kyun, aap, salaam, assalamualaikum, jee, mera, meri, tha, thi, urdu",
    "pa": "sat sri akal, sasriakal, tusi, tuhada, tuhanu, mainu, menu, changa, vadhia, vadia, ki haal, kiven, "
    "haanji, si, punjabi, kithe",
    "gu": "kem cho, saru, majama, mane, tame, chhe, che, nathi, hatu, aabhar, ghanu, shu, gujarati, maru",
    "ta": "vanakkam, nandri, enakku, ungal, romba, nalla, illai, irukku, irundhuchu, naan, neenga, tamil, enna, seri",
    "pl": "dziekuje, dzieki, czesc, dzien dobry, prosze, nie, tak, jest, bardzo, dobrze, byl, byla, mowie, "
    "polsku, polski, nie rozumiem",
    "ro": "multumesc, mersi, buna ziua, salut, nu, este, foarte, bine, romana, romaneste, nu inteleg, asta, sunt",
    "pt": "obrigado, obrigada, ola, bom dia, boa tarde, nao, muito, bem, portugues, falo, esta, foi, eu, sou, "
    "nao entendo, voce",
    "lt": "aciu, labas, laba diena, sveiki, taip, ne, labai, gerai, lietuviskai, buvo, nesuprantu, prasau, as",
    "hu": "koszonom, szia, jo napot, igen, nem, nagyon, jol, magyarul, volt, nem ertem, kerem, vagyok, hogy",
    "it": "grazie, ciao, buongiorno, buonasera, non, molto, bene, italiano, sono, stato, non capisco, perche, prego",
    "es": "gracias, hola, buenos dias, buenas tardes, muy, bien, espanol, estoy, fue, no entiendo, porque, soy, tengo",
    "fr": "merci, bonjour, bonsoir, salut, oui, tres, bien, francais, je, suis, pas, je ne comprends pas, "
    "parle, est, etait, cest",
    "so": "mahadsanid, waan, waxaan, fiican, haa, maya, salaan, iska warran, subax wanaagsan, aad, somali, "
    "soomaali, ma, fahmin, wuu, way",
    "ar": "shukran, marhaba, salam alaikum, ana, mish, mesh, kwayes, kuwayis, 3arabi, arabi, na3am, la2, ahlan, "
    "mumtaz, jiddan, inta",
    "tr": "tesekkurler, tesekkur ederim, merhaba, selam, gunaydin, evet, hayir, cok, iyi, iyiydi, turkce, "
    "degil, anlamadim, lutfen, ben, bir",
    "uk": "dyakuyu, diakuiu, pryvit, dobryi den, tak, ni, duzhe, dobre, ukrainska, ne rozumiyu, bulo, ya, proshu",
    "zh": "nihao, ni hao, xiexie, xie xie, wo, hen, hao, bu, zhongwen, shi, zaijian",
}
"""Words that tell a language from English, also as people write it in Latin letters and without accents."""
