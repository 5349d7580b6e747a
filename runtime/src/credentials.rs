//! The credentials of an API with several security schemes, or with operations that need none. Each request carries those
//! of one alternative of its operation.

use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use crate::auth::{TokenError, TokenSource};
use crate::authentication::{Authentication, SchemeCredentials};
use crate::exchange::PreparedRequest;
use crate::secret::{Secret, is_set};
use crate::security::{Requirement, Scheme, SchemeKind, Security};
use crate::setting::{Checked, InvalidSetting};
use crate::token::AccessToken;

/// The credentials that the type `Credentials` of a generated client holds. Its `Debug` shows which are set.
#[derive(Clone)]
pub struct CredentialSet {
    pub(crate) security: &'static Security,
    values: Vec<Option<Checked<Credential>>>,
}

/// A credential of one scheme.
#[derive(Clone)]
pub(crate) enum Credential {
    Source(Arc<dyn TokenSource>),
    Secret(Arc<Secret>),
}

impl CredentialSet {
    /// Creates a set without credentials.
    #[must_use]
    pub fn new(security: &'static Security) -> Self {
        Self { security, values: security.schemes.iter().map(|_| None).collect() }
    }

    /// Sets the token or the API key of a scheme.
    #[must_use]
    pub fn set(self, scheme: usize, secret: impl Into<String>) -> Self {
        self.with(scheme, |of| of.parse(of.name, &secret.into()))
    }

    /// Sets the source of the tokens of a scheme.
    #[must_use]
    pub fn set_source(self, scheme: usize, source: impl TokenSource) -> Self {
        self.with(scheme, |_| Ok(Credential::Source(Arc::new(source))))
    }

    /// Sets the user and the password of a scheme.
    #[must_use]
    pub fn set_basic(self, scheme: usize, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
        self.with(scheme, |of| basic(of.name, user.as_ref(), password.as_ref()))
    }

    fn with(mut self, scheme: usize, credential: impl FnOnce(&Scheme) -> Checked<Credential>) -> Self {
        if let (Some(value), Some(of)) = (self.values.get_mut(scheme), self.security.schemes.get(scheme)) {
            *value = Some(credential(of));
        }
        self
    }

    /// Reads the credentials from the environment variables of the schemes.
    pub(crate) fn from_env(security: &'static Security, lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let read = |name: &'static str| {
            let invalid = InvalidSetting { setting: name, reason: "is not UTF-8" };
            lookup(name).map(|value| value.into_string().map_err(|_| invalid))
        };
        let values = security.schemes.iter().map(|scheme| scheme.read(read)).collect();
        Self { security, values }
    }
}

/// Shows the names of the schemes that have credentials.
impl fmt::Debug for CredentialSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes = self.security.schemes.iter().zip(&self.values);
        let set = schemes.filter_map(|(scheme, value)| value.is_some().then_some(scheme.name));
        f.debug_tuple("CredentialSet").field(&set.collect::<Vec<_>>()).finish()
    }
}

fn basic(setting: &'static str, user: &str, password: &str) -> Checked<Credential> {
    let secret = Secret::basic(user, password).map_err(|reason| InvalidSetting { setting, reason })?;
    Ok(Credential::Secret(Arc::new(secret)))
}

impl Scheme {
    /// Parses a token or an API key. `setting` is its name for an error.
    fn parse(&self, setting: &'static str, text: &str) -> Checked<Credential> {
        let invalid = |reason| InvalidSetting { setting, reason };
        match self.kind {
            SchemeKind::Token { .. } => match AccessToken::parse(text) {
                Ok(token) => Ok(Credential::Source(Arc::new(token))),
                Err(error) => Err(invalid(error.reason())),
            },
            SchemeKind::Key { place, name, .. } => {
                Ok(Credential::Secret(Arc::new(Secret::key(place, name, text).map_err(invalid)?)))
            }
            SchemeKind::Basic { .. } => Err(invalid("needs a user and a password")),
        }
    }

    /// Reads the credentials from environment variables.
    fn read(&self, read: impl Fn(&'static str) -> Option<Checked<String>>) -> Option<Checked<Credential>> {
        match self.kind {
            SchemeKind::Token { variable } | SchemeKind::Key { variable, .. } => {
                read(variable).map(|text| self.parse(variable, &text?))
            }
            SchemeKind::Basic { variables } => {
                let [user, password] = variables.map(&read);
                if user.is_none() && password.is_none() {
                    return None;
                }
                let missing = |setting| Err(InvalidSetting { setting, reason: "is not set" });
                let [user_name, password_name] = variables;
                let user = user.unwrap_or_else(|| missing(user_name));
                let password = password.unwrap_or_else(|| missing(password_name));
                Some(user.and_then(|user| basic(user_name, &user, &password?)))
            }
        }
    }

    /// Reports whether the caller set the parameter of an API key.
    fn is_set_in(&self, request: &PreparedRequest) -> bool {
        match self.kind {
            SchemeKind::Key { place, name, .. } => is_set(place, name, &request.url, &request.headers),
            SchemeKind::Token { .. } | SchemeKind::Basic { .. } => false,
        }
    }
}

/// The credentials of a client, by scheme.
pub(crate) struct Credentials {
    security: &'static Security,
    values: Vec<Option<Credential>>,
    /// Whether they were read from the environment. Errors then name the variables, and otherwise the setters.
    are_from_env: bool,
}

impl Credentials {
    /// Creates the credentials from those that were given and those of the environment. `token` is that of all schemes
    /// that take a token and have none.
    ///
    /// # Errors
    ///
    /// The first invalid credential.
    pub(crate) fn new(
        security: &'static Security,
        given: Option<&CredentialSet>,
        from_env: Option<&CredentialSet>,
        token: Option<&Checked<Arc<dyn TokenSource>>>,
    ) -> Checked<Self> {
        if given.is_some_and(|given| !std::ptr::eq(given.security, security)) {
            return Err(InvalidSetting { setting: "credentials", reason: "are those of another client" });
        }
        let are_from_env = from_env.is_some();
        let of = |set: Option<&CredentialSet>, index: usize| set?.values.get(index)?.clone();
        let value = |(index, scheme): (usize, &Scheme)| {
            let own = of(given, index).or_else(|| of(from_env, index)).transpose()?;
            let shared = token.filter(|_| own.is_none() && matches!(scheme.kind, SchemeKind::Token { .. }));
            Ok(own.or(shared.cloned().transpose()?.map(Credential::Source)))
        };
        let values = security.schemes.iter().enumerate().map(value).collect::<Checked<_>>()?;
        Ok(Self { security, values, are_from_env })
    }

    /// Returns the credentials of the first alternative whose credentials are all there. A request without credentials is
    /// the last alternative, wherever the document has it.
    ///
    /// # Errors
    ///
    /// The reason why the request cannot be sent: it names the missing credentials.
    fn choose(&self, request: &PreparedRequest) -> Result<Vec<&Credential>, String> {
        let requirement = request.operation.security().unwrap_or(self.security.default);
        let alternatives = || requirement.iter().filter(|alternative| !alternative.is_empty());
        let is_optional = requirement.is_empty() || alternatives().count() < requirement.len();
        match alternatives().find_map(|alternative| self.all_of(alternative, request)) {
            Some(chosen) => Ok(chosen),
            None if is_optional => Ok(Vec::new()),
            None => Err(self.missing(requirement)),
        }
    }

    /// Returns the credentials of an alternative, or `None` if one is missing. A key that the caller set as a parameter is
    /// there, and is not added again.
    fn all_of(&self, alternative: &[usize], request: &PreparedRequest) -> Option<Vec<&Credential>> {
        let mut all = Vec::with_capacity(alternative.len());
        for index in alternative {
            if !self.security.schemes.get(*index)?.is_set_in(request) {
                all.push(self.values.get(*index)?.as_ref()?);
            }
        }
        Some(all)
    }

    /// Returns the reason why a request is not sent: ``credentials are missing: set `a`, or `b` and `c` ``.
    fn missing(&self, requirement: Requirement) -> String {
        let name = |index: &usize| {
            let scheme = self.security.schemes.get(*index)?;
            let names = if self.are_from_env { scheme.variables().collect() } else { vec![scheme.name] };
            Some(names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and "))
        };
        let all = |alternative: &&[usize]| alternative.iter().filter_map(name).collect::<Vec<_>>().join(" and ");
        let alternatives: Vec<_> = requirement.iter().map(all).collect();
        let holder = if self.are_from_env { "environment" } else { "`Credentials`" };
        format!("credentials are missing from the {holder}: set {}", alternatives.join(", or "))
    }
}

/// The way in which a client authenticates its requests.
pub(crate) enum Auth {
    /// With one token.
    Token(Arc<dyn TokenSource>),
    /// With the credentials of schemes.
    Schemes(Credentials),
}

impl Auth {
    /// Returns where the credentials of a request come from.
    ///
    /// # Errors
    ///
    /// The reason why the request cannot be sent: it names the missing credentials.
    pub(crate) fn of(&self, request: &PreparedRequest) -> Result<Means<'_>, String> {
        match self {
            // The operation documents that it needs no credentials.
            Self::Token(_) if request.operation.security().is_some_and(<[_]>::is_empty) => {
                Ok(Means::Schemes(Vec::new()))
            }
            Self::Token(source) => Ok(Means::Token(source.as_ref())),
            Self::Schemes(credentials) => credentials.choose(request).map(Means::Schemes),
        }
    }
}

/// The origin of the credentials of one request.
pub(crate) enum Means<'a> {
    Token(&'a dyn TokenSource),
    Schemes(Vec<&'a Credential>),
}

impl Means<'_> {
    /// Returns the credentials to send now.
    pub(crate) async fn authenticate(&self) -> Result<Authentication, TokenError> {
        match self {
            Self::Token(source) => source.token().await.map(Authentication::Token),
            Self::Schemes(all) => Box::pin(authenticate(all)).await,
        }
    }

    /// Returns new credentials after the API refused a token as invalid or expired. `None` means that there are no others.
    pub(crate) async fn renew(&self, refused: &Authentication) -> Result<Option<Authentication>, TokenError> {
        match (self, refused) {
            (Self::Token(source), Authentication::Token(token)) => {
                let renewed = source.renew(token).await?;
                Ok(renewed.filter(|renewed| renewed != token).map(Authentication::Token))
            }
            (Self::Schemes(all), Authentication::Schemes(refused)) => Box::pin(renew(all, refused)).await,
            _ => Ok(None),
        }
    }
}

async fn authenticate(all: &[&Credential]) -> Result<Authentication, TokenError> {
    let mut credentials = SchemeCredentials::default();
    for credential in all {
        match credential {
            Credential::Source(source) => credentials.tokens.push(source.token().await?),
            Credential::Secret(secret) => credentials.secrets.push(Arc::clone(secret)),
        }
    }
    Ok(Authentication::Schemes(Arc::new(credentials)))
}

/// Renews the tokens. The other credentials stay, since there are no others.
async fn renew(all: &[&Credential], refused: &SchemeCredentials) -> Result<Option<Authentication>, TokenError> {
    let sources = all.iter().filter_map(|credential| match credential {
        Credential::Source(source) => Some(source),
        Credential::Secret(_) => None,
    });
    let (mut tokens, mut is_renewed) = (Vec::new(), false);
    for (source, token) in sources.zip(&refused.tokens) {
        let renewed = source.renew(token).await?.filter(|renewed| renewed != token);
        is_renewed |= renewed.is_some();
        tokens.push(renewed.unwrap_or_else(|| token.clone()));
    }
    let credentials = SchemeCredentials { tokens, secrets: refused.secrets.clone() };
    Ok(is_renewed.then(|| Authentication::Schemes(Arc::new(credentials))))
}
